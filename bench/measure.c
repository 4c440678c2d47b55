/* measure.c: runs one program and says what it took: wall and processor time, peak memory, output.
 *
 *   measure [-c CPU[,CPU]] [-p] PROGRAM [ARGUMENT...]
 *
 *   -c CPUs  on those processors alone
 *   -p       standard output is a pipe, counted and thrown away here; otherwise it is /dev/null
 *
 * Prints one line: exit code, wall ns, processor us, peak resident KiB, bytes of output.
 *
 * It is small on purpose: Linux counts the memory of the process that called exec in the peak of
 * what it started, and a Python interpreter is larger than some of what we measure. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void stop(const char *what, int code)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(code));
    exit(125);
}

static int64_t now_ns(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

static void pin(const char *list)
{
    cpu_set_t set;

    CPU_ZERO(&set);
    for (char *end; *list != '\0'; list = *end == ',' ? end + 1 : end) {
        unsigned long cpu = strtoul(list, &end, 10);

        if (end == list || cpu >= CPU_SETSIZE) {
            stop(list, EINVAL);
        }
        CPU_SET(cpu, &set);
    }
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        stop("cannot pin", errno);
    }
}

/* Starts the program with `out` as its standard output. */
static pid_t start(char **argv, int out)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int code;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    code = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    if (code != 0) {
        stop(argv[0], code);
    }
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

/* Reads until the writer is gone; how much there was. */
static uint64_t drain(int fd)
{
    static char bytes[1 << 20];
    uint64_t size = 0;

    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) != 0;) {
        if (n < 0 && errno != EINTR) {
            stop("cannot read", errno);
        }
        size += n > 0 ? (uint64_t)n : 0;
    }
    return size;
}

static void measure(char **argv, bool is_pipe)
{
    int status, ends[2] = {-1, -1};
    uint64_t size = 0;
    int64_t begin, end;
    struct rusage usage;
    pid_t child;

    if (is_pipe ? pipe2(ends, O_CLOEXEC) != 0
                : (ends[1] = open("/dev/null", O_WRONLY | O_CLOEXEC)) < 0) {
        stop("cannot open an output", errno);
    }
    begin = now_ns();
    child = start(argv, ends[1]);
    close(ends[1]);
    if (is_pipe) {
        size = drain(ends[0]);
    }
    if (wait4(child, &status, 0, &usage) != child) {
        stop("cannot wait", errno);
    }
    end = now_ns();
    printf("%d %lld %lld %ld %llu\n",
           WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
           (long long)(end - begin),
           (long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
               usage.ru_utime.tv_usec + usage.ru_stime.tv_usec,
           usage.ru_maxrss, (unsigned long long)size);
}

int main(int argc, char **argv)
{
    bool is_pipe = false;

    for (int letter; (letter = getopt(argc, argv, "+c:p")) != -1;) {
        if (letter == 'c') {
            pin(optarg);
        } else if (letter == 'p') {
            is_pipe = true;
        } else {
            return 2;
        }
    }
    if (optind == argc) {
        fprintf(stderr, "usage: measure [-c CPU[,CPU]] [-p] PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    measure(argv + optind, is_pipe);
    return 0;
}
