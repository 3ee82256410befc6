#include "base/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/error.h"

#define SECRET_MAX 65536

struct Secret {
    char *text; /* owned, sodium_malloc */
};

bool secret_is_reference(const char *text)
{
    return (g_str_has_prefix(text, "env:") && text[4]) || (g_str_has_prefix(text, "file:") && text[5]);
}

static Secret *keep(const char *bytes, size_t size, GError **error)
{
    Secret *secret;

    if (sodium_init() < 0) {
        error_set(error, BREACH_ERROR_INTERNAL, "internal-library", "libsodium cannot be initialised");
        return NULL;
    }
    secret = g_new0(Secret, 1);
    secret->text = sodium_malloc(size + 1);
    if (!secret->text) {
        g_free(secret);
        error_set(error, BREACH_ERROR_CONFIG, "secret-memory", "cannot lock memory for a secret: %s",
                  g_strerror(errno));
        return NULL;
    }
    memcpy(secret->text, bytes, size);
    secret->text[size] = '\0';
    return secret;
}

static bool may_be_read(int fd, const char *path, GError **error)
{
    struct stat info;

    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        error_set(error, BREACH_ERROR_CONFIG, "secret-no-file", "secret file %s is not a regular file", path);
        return false;
    }
    if ((info.st_mode & 077) != 0) {
        error_set(error, BREACH_ERROR_CONFIG, "secret-open-to-others",
                  "secret file %s can be read by others: type chmod 600 %s", path, path);
        return false;
    }
    if (info.st_uid != geteuid() && info.st_uid != 0) {
        error_set(error, BREACH_ERROR_CONFIG, "secret-owner", "secret file %s belongs to another user", path);
        return false;
    }
    return true;
}

static Secret *load_file(const char *path, GError **error)
{
    char bytes[SECRET_MAX + 3]; /* with its line end, and one more to see that there is more */
    Secret *secret = NULL;
    ssize_t size;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        error_set(error, BREACH_ERROR_CONFIG, "secret-unreadable", "cannot read secret file %s: %s", path,
                  g_strerror(errno));
        return NULL;
    }
    if (may_be_read(fd, path, error)) {
        size = read(fd, bytes, sizeof bytes);
        if (size > 0 && bytes[size - 1] == '\n')
            size -= size > 1 && bytes[size - 2] == '\r' ? 2 : 1;
        if (size <= 0 || size > SECRET_MAX || memchr(bytes, '\0', (size_t)size))
            error_set(error, BREACH_ERROR_CONFIG, "secret-no-text", "secret file %s is empty, too long or not text",
                      path);
        else
            secret = keep(bytes, (size_t)size, error);
    }
    sodium_memzero(bytes, sizeof bytes);
    close(fd);
    return secret;
}

Secret *secret_load(const char *reference, const char *folder, GError **error)
{
    g_autofree char *path = NULL;

    if (g_str_has_prefix(reference, "env:")) {
        const char *value = g_getenv(reference + 4);

        if (!value || !*value) {
            error_set(error, BREACH_ERROR_CONFIG, "secret-unset",
                      "environment variable %s is not set: type read -rs %s; export %s in this shell, then the secret",
                      reference + 4, reference + 4, reference + 4);
            return NULL;
        }
        return keep(value, strlen(value), error);
    }
    if (!g_str_has_prefix(reference, "file:")) {
        error_set(error, BREACH_ERROR_CONFIG, "secret-form", "a secret is named as env:NAME or file:PATH");
        return NULL;
    }
    path = g_canonicalize_filename(reference + 5, folder);
    return load_file(path, error);
}

const char *secret_text(const Secret *secret)
{
    return secret->text;
}

void secret_free(Secret *secret)
{
    if (!secret)
        return;
    sodium_free(secret->text);
    g_free(secret);
}
