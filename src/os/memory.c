#include "os/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include "os/file.h"

enum { TEXT_SIZE_MAX = 64 << 10 };

static uint64_t least(uint64_t a, uint64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

/* The number that a file of the kernel holds; 0 where it is not there, or says "max". */
static uint64_t read_number(struct str path)
{
    struct err err = {0};
    struct buf text;
    uint64_t value = 0;

    buf_init(&text, TEXT_SIZE_MAX);
    if (!file_read_all(path, TEXT_SIZE_MAX - 1, &text, &err) ||
        !str_to_u64(str_trim(buf_text(&text)), &value)) {
        value = 0;
    }
    buf_release(&text);
    return value;
}

/* A control group is limited by those it lies in, too. */
static uint64_t group_limit(struct str group)
{
    uint64_t limit = 0;

    for (;;) {
        struct buf path;

        buf_init(&path, TEXT_SIZE_MAX);
        buf_printf(&path, "/sys/fs/cgroup%.*s/memory.max", STR_ARG(group));
        limit = least(limit, read_number(buf_text(&path)));
        buf_release(&path);
        if (group.n == 0) {
            return limit;
        }
        while (group.n > 0 && group.p[group.n - 1] != '/') {
            group.n--;
        }
        group.n -= group.n > 0 ? 1 : 0;
    }
}

/* Of the lines "NUMBER:CONTROLLERS:PATH", that of the unified hierarchy has number 0. */
static uint64_t groups_limit(void)
{
    struct err err = {0};
    struct buf text;
    struct str rest, line;
    uint64_t limit = read_number(STR("/sys/fs/cgroup/memory/memory.limit_in_bytes"));

    buf_init(&text, TEXT_SIZE_MAX);
    if (file_read_all(STR("/proc/self/cgroup"), TEXT_SIZE_MAX - 1, &text, &err)) {
        rest = buf_text(&text);
        while (rest.n > 0) {
            (void)str_cut(&rest, '\n', &line);
            if (str_starts(line, STR("0::/"))) {
                limit = least(limit, group_limit(str_sub(line, 3, line.n)));
            }
        }
    }
    buf_release(&text);
    return limit;
}

uint64_t memory_limit(void)
{
    struct rlimit address = {0};
    long pages = sysconf(_SC_PHYS_PAGES), page_size = sysconf(_SC_PAGESIZE);
    uint64_t limit = pages > 0 && page_size > 0 ? (uint64_t)pages * (uint64_t)page_size : 0;

    if (getrlimit(RLIMIT_AS, &address) == 0 && address.rlim_cur != RLIM_INFINITY) {
        limit = least(limit, address.rlim_cur);
    }
    return least(limit, groups_limit());
}
