#include "os/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "os/system.h"

enum { TRIES = 16 };

static struct str scratch_folder(void)
{
    struct str folder = system_env("TMPDIR");

    return folder.n > 0 ? folder : STR("/var/tmp");
}

/* Where the file system knows no files without a name, one is made under a name that nobody can
 * guess and unlinked at once. */
static int open_unlinked(struct str folder)
{
    char path[PATH_MAX];
    int fd = -1;

    for (int i = 0; i < TRIES && fd < 0; i++) {
        int n = snprintf(path, sizeof path, "%.*s/keywarden-%016" PRIx64, STR_ARG(folder),
                         system_random_u64());
        if (n < 0 || (size_t)n >= sizeof path) {
            errno = ENAMETOOLONG;
            return -1;
        }
        fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0 && errno != EEXIST) {
            return -1;
        }
    }
    if (fd >= 0) {
        (void)unlink(path);
    }
    return fd;
}

static bool scratch_open(struct scratch *scratch, struct err *err)
{
    struct str folder = scratch_folder();
    char path[PATH_MAX];
    int n = snprintf(path, sizeof path, "%.*s", STR_ARG(folder));

    scratch->fd = n > 0 && (size_t)n < sizeof path
                      ? open(path, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600)
                      : -1;
    if (scratch->fd < 0) {
        scratch->fd = open_unlinked(folder);
    }
    if (scratch->fd < 0) {
        (void)err_set_errno(err, ERR_INPUT, errno, "cannot make a temporary file in '%.*s'",
                            STR_ARG(folder));
        err_hint(err, "TMPDIR names the folder");
        return false;
    }
    scratch->is_open = true;
    scratch->size = 0;
    return true;
}

bool scratch_add(struct scratch *scratch, struct str bytes, struct err *err)
{
    if (!scratch->is_open && !scratch_open(scratch, err)) {
        return false;
    }
    while (bytes.n > 0) {
        ssize_t n = pwrite(scratch->fd, bytes.p, bytes.n, (off_t)scratch->size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            (void)err_set_errno(err, ERR_INPUT, n < 0 ? errno : ENOSPC,
                                "cannot write a temporary file in '%.*s'",
                                STR_ARG(scratch_folder()));
            err_hint(err, "TMPDIR names the folder; it needs room for what is set aside");
            return false;
        }
        scratch->size += (uint64_t)n;
        bytes = str_sub(bytes, (size_t)n, bytes.n);
    }
    return true;
}

bool scratch_read(const struct scratch *scratch, void *to, size_t size, uint64_t offset,
                  size_t *got, struct err *err)
{
    ssize_t n = 0;

    do {
        n = pread(scratch->fd, to, size, (off_t)offset);
    } while (n < 0 && errno == EINTR);
    if (n < 0) {
        return err_set_errno(err, ERR_INPUT, errno, "cannot read a temporary file back");
    }
    *got = (size_t)n;
    return true;
}

void scratch_close(struct scratch *scratch)
{
    if (scratch->is_open) {
        (void)close(scratch->fd);
    }
    *scratch = (struct scratch){0};
}
