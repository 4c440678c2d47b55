/* measure.c: runs one program and says what it took: wall and processor time, peak memory, the time
 * to its first byte of output and the size of that.
 *
 *   measure [-c CPU[,CPU]] [-p] PROGRAM [ARGUMENT...]
 *
 *   -c CPUs  on those processors alone
 *   -p       standard output is a pipe, read and thrown away here; otherwise it is /dev/null
 *
 * Prints one line: exit code, wall ns, processor us, peak resident KiB, ns to the first byte, bytes.
 *
 * It is small on purpose: Linux counts the memory of the process that called exec in the peak of
 * what it started, and a Python interpreter is larger than some of what we measure. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void stop(const char *what)
{
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
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
            errno = EINVAL;
            stop(list);
        }
        CPU_SET(cpu, &set);
    }
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        stop("cannot pin");
    }
}

static pid_t start(char **argv, int out)
{
    pid_t child = vfork();

    if (child < 0) {
        stop("cannot fork");
    }
    if (child == 0) {
        dup2(out, STDOUT_FILENO);
        execvp(argv[0], argv);
        _exit(127);
    }
    return child;
}

/* Reads until the writer is gone; the time of the first byte, 0 without one. */
static int64_t drain(int fd, uint64_t *size)
{
    static char bytes[1 << 20];
    int64_t first = 0;

    for (ssize_t n; (n = read(fd, bytes, sizeof bytes)) != 0;) {
        if (n < 0 && errno != EINTR) {
            stop("cannot read");
        }
        if (first == 0) {
            first = now_ns();
        }
        *size += n > 0 ? (uint64_t)n : 0;
    }
    return first;
}

int main(int argc, char **argv)
{
    int status, ends[2];
    bool is_pipe = false;
    uint64_t size = 0;
    int64_t begin, first = 0, end;
    struct rusage usage;
    pid_t child;

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
    if (is_pipe && pipe2(ends, O_CLOEXEC) != 0) {
        stop("cannot make a pipe");
    }
    if (!is_pipe) {
        ends[1] = open("/dev/null", O_WRONLY | O_CLOEXEC);
    }
    begin = now_ns();
    child = start(argv + optind, ends[1]);
    close(ends[1]);
    if (is_pipe) {
        first = drain(ends[0], &size);
    }
    if (wait4(child, &status, 0, &usage) != child) {
        stop("cannot wait");
    }
    end = now_ns();
    printf(
        "%d %lld %lld %ld %lld %llu\n",
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), (long long)(end - begin),
        (long long)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
            usage.ru_utime.tv_usec + usage.ru_stime.tv_usec,
        usage.ru_maxrss, first == 0 ? 0LL : (long long)(first - begin), (unsigned long long)size);
    return 0;
}
