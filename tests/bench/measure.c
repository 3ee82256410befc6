/* measure OUT PROGRAM ARGUMENT...: runs the program, named by its path, and writes one line to OUT: seconds from start
 * to end, seconds of CPU in user and in kernel mode, peak memory in KiB, exit code. Children that it waited for are
 * part of it. Ends with its exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    double start = now();
    struct rusage usage;
    int status;
    int code;
    FILE *out;
    pid_t child;

    if (count < 3) {
        fputs("usage: measure OUT PROGRAM ARGUMENT...\n", stderr);
        return 64;
    }
    child = fork();
    if (child == 0) {
        execv(arguments[2], arguments + 2);
        perror(arguments[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
        perror("measure");
        return 70;
    }
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    out = fopen(arguments[1], "we");
    if (!out) {
        perror(arguments[1]);
        return 73;
    }
    fprintf(out, "%.6f %.6f %.6f %ld %d\n", now() - start, seconds(usage.ru_utime), seconds(usage.ru_stime),
            usage.ru_maxrss, code);
    return fclose(out) == 0 ? code : 73;
}
