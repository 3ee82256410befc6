#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

static int file = -1;
static char path[32];

int fuzz_fd(void)
{
    if (file < 0) {
        file = memfd_create("breach-fuzz", MFD_CLOEXEC);
        fuzz_require(file >= 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    return file;
}

const char *fuzz_file(const void *data, size_t size)
{
    int fd = fuzz_fd();

    fuzz_require(ftruncate(fd, 0) == 0);
    fuzz_require(pwrite(fd, data, size, 0) == (ssize_t)size);
    return path;
}
