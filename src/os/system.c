#include "os/system.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { TERMINAL_COLUMNS_DEFAULT = 100, CPU_COUNT_MAX = 1 << 16 };

int64_t system_now(void)
{
    struct timespec at = {0};

    (void)clock_gettime(CLOCK_REALTIME, &at);
    return at.tv_sec;
}

uint64_t system_monotonic_ns(void)
{
    struct timespec at = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000U + (uint64_t)at.tv_nsec;
}

uint64_t system_random_u64(void)
{
    uint64_t bits = 0;
    ssize_t got = 0;

    do {
        got = getrandom(&bits, sizeof bits, 0);
    } while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof bits) {
        abort(); /* every kernel we run on has it; guessable bits would be worse than no program */
    }
    return bits;
}

unsigned system_cpu_count(void)
{
    /* The kernel refuses a mask smaller than its own, so grow until it fits. */
    for (int wanted = 1024; wanted <= CPU_COUNT_MAX; wanted *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)wanted);
        size_t size = CPU_ALLOC_SIZE((size_t)wanted);
        int count = 0;

        if (set == NULL) {
            break;
        }
        if (sched_getaffinity(0, size, set) == 0) {
            count = CPU_COUNT_S(size, set);
        }
        CPU_FREE(set);
        if (count > 0) {
            return (unsigned)count;
        }
    }
    return 1;
}

bool system_is_terminal(int fd)
{
    struct str term = system_env("TERM");

    return isatty(fd) == 1 && term.n > 0 && !str_eq(term, STR("dumb"));
}

unsigned system_terminal_columns(int fd)
{
    struct winsize size = {0};

    if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) {
        return TERMINAL_COLUMNS_DEFAULT;
    }
    return size.ws_col;
}

void system_forbid_dumps(void)
{
    struct rlimit none = {0, 0};

    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

struct str system_env(const char *name)
{
    return str_from(getenv(name));
}

void system_env_forget(const char *name)
{
    (void)unsetenv(name);
}
