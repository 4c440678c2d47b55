/* ceiling.c: what the machine can do at most with the same input; the benchmarks print it beside
 * our own figures.
 *
 *   ceiling read FILE        read(2) into a window of 256 KiB and look at nothing
 *   ceiling newlines FILE    the same, and find each newline with memchr
 *   ceiling inflate FILE     inflate a gzip file with ISA-L into one window
 *   ceiling walk DIR         open, read and close each file under DIR, two levels deep
 *
 * Prints what it counted: bytes, newlines, bytes, files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WINDOW_SIZE = 256 << 10, DEPTH_MAX = 2 };

static unsigned char window[WINDOW_SIZE];

static void stop(const char *what)
{
    fprintf(stderr, "ceiling: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int open_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        stop(path);
    }
    return fd;
}

/* Fills the window; 0 at the end of the file. */
static size_t read_window(int fd)
{
    ssize_t n = read(fd, window, WINDOW_SIZE);

    if (n < 0) {
        stop("cannot read");
    }
    return (size_t)n;
}

static uint64_t pass_read(const char *path)
{
    int fd = open_file(path);
    uint64_t size = 0;

    for (size_t n; (n = read_window(fd)) > 0;) {
        size += n;
    }
    close(fd);
    return size;
}

static uint64_t pass_newlines(const char *path)
{
    int fd = open_file(path);
    uint64_t count = 0;

    for (size_t n; (n = read_window(fd)) > 0;) {
        const unsigned char *at = window, *end = window + n;

        while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
            count++;
            at++;
        }
    }
    close(fd);
    return count;
}

static uint64_t pass_inflate(const char *path)
{
    static unsigned char plain[WINDOW_SIZE];
    struct inflate_state state;
    int fd = open_file(path);
    uint64_t size = 0;

    isal_inflate_init(&state);
    state.crc_flag = IGZIP_GZIP;
    for (size_t n; (n = read_window(fd)) > 0;) {
        state.next_in = window;
        state.avail_in = (uint32_t)n;
        do {
            state.next_out = plain;
            state.avail_out = WINDOW_SIZE;
            if (isal_inflate(&state) != ISAL_DECOMP_OK) {
                errno = EINVAL;
                stop(path);
            }
            size += WINDOW_SIZE - state.avail_out;
        } while (state.avail_out == 0);
    }
    close(fd);
    return size;
}

static uint64_t pass_walk(int parent, const char *name, unsigned depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    uint64_t count = 0;

    if (folder == NULL) {
        stop(name);
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        if (entry->d_type == DT_DIR && depth < DEPTH_MAX) {
            count += pass_walk(fd, entry->d_name, depth + 1);
        } else if (entry->d_type == DT_REG) {
            int file = openat(fd, entry->d_name, O_RDONLY | O_CLOEXEC);

            if (file < 0) {
                stop(entry->d_name);
            }
            count += read_window(file) > 0;
            close(file);
        }
    }
    closedir(folder);
    return count;
}

int main(int argc, char **argv)
{
    const char *mode = argc == 3 ? argv[1] : "";
    uint64_t count;

    if (strcmp(mode, "read") == 0) {
        count = pass_read(argv[2]);
    } else if (strcmp(mode, "newlines") == 0) {
        count = pass_newlines(argv[2]);
    } else if (strcmp(mode, "inflate") == 0) {
        count = pass_inflate(argv[2]);
    } else if (strcmp(mode, "walk") == 0) {
        count = pass_walk(AT_FDCWD, argv[2], 0);
    } else {
        fprintf(stderr, "usage: ceiling read|newlines|inflate FILE | ceiling walk DIR\n");
        return 2;
    }
    printf("%llu\n", (unsigned long long)count);
    return 0;
}
