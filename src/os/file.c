#include "os/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "os/system.h"

enum {
    LINK_COUNT_MAX = 40,         /* what the kernel follows itself */
    ADVICE_SIZE_MIN = 256 << 10, /* below, read-ahead gains less than the system call costs */
    READ_SIZE = 64 << 10,
    TEMPORARY_COUNT_MAX = 8,
    TEMPORARY_TRIES = 16,
};

/* The registry of temporary files. Its memory is never freed, so that a signal handler may look at
 * it at any moment. A slot is FREE, TAKEN (its path is being written) or READY (path complete). */
enum { SLOT_FREE, SLOT_TAKEN, SLOT_READY };
static struct {
    atomic_int state;
    char path[PATH_MAX];
} slots[TEMPORARY_COUNT_MAX];

/* A NUL-terminated copy; NULL when the path holds a NUL byte, which no file name can. */
static char *path_copy(struct str path)
{
    char *z = NULL;

    if (path.n > 0 && memchr(path.p, '\0', path.n) != NULL) {
        return NULL;
    }
    z = mem_alloc(path.n + 1);
    if (path.n > 0) {
        memcpy(z, path.p, path.n);
    }
    return z;
}

bool file_in_open(struct file_in *in, struct str path, struct err *err)
{
    struct stat info = {0};
    char *z = NULL;
    int fd = STDIN_FILENO;

    *in = (struct file_in){0};
    if (!str_eq(path, STR("-"))) {
        z = path_copy(path);
        if (z == NULL) {
            return err_set(err, ERR_INPUT, "the file name holds a NUL byte");
        }
        do {
            fd = open(z, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        } while (fd < 0 && errno == EINTR);
        mem_free(z);
        if (fd < 0) {
            return err_set_errno(err, ERR_INPUT, errno, "cannot open");
        }
    }
    in->fd = fd;
    in->is_open = true;
    if (fstat(fd, &info) != 0) {
        (void)err_set_errno(err, ERR_INPUT, errno, "cannot open");
        file_in_close(in);
        return false;
    }
    if (S_ISDIR(info.st_mode)) {
        file_in_close(in);
        return err_set(err, ERR_INPUT, "is a directory");
    }
    /* Standard input may have been read from already: then it has no beginning to seek to. */
    in->is_regular = S_ISREG(info.st_mode) && (fd != STDIN_FILENO || lseek(fd, 0, SEEK_CUR) == 0);
    in->size = in->is_regular ? (uint64_t)info.st_size : 0;
    if (in->size >= ADVICE_SIZE_MIN) {
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    return true;
}

/* Descriptors inherited from the caller may be non-blocking; then waiting is up to us. */
static bool fd_wait(int fd, short events)
{
    struct pollfd wait = {.fd = fd, .events = events};

    return poll(&wait, 1, -1) >= 0 || errno == EINTR;
}

bool file_in_read_at(const struct file_in *in, void *to, size_t size, uint64_t offset, size_t *got,
                     struct err *err)
{
    for (;;) {
        ssize_t n = pread(in->fd, to, size, (off_t)offset);

        if (n >= 0) {
            *got = (size_t)n;
            return true;
        }
        if (errno != EINTR) {
            return err_set_errno(err, ERR_INPUT, errno, "cannot read");
        }
    }
}

bool file_look(struct str path, struct file_info *info)
{
    struct stat found = {0};
    bool is_stdin = str_eq(path, STR("-"));
    char *z = is_stdin ? NULL : path_copy(path);
    bool ok = is_stdin ? fstat(STDIN_FILENO, &found) == 0 : z != NULL && stat(z, &found) == 0;

    mem_free(z);
    *info = (struct file_info){0};
    if (ok) {
        info->is_regular = S_ISREG(found.st_mode);
        info->size = info->is_regular ? (uint64_t)found.st_size : 0;
        info->device = (uint64_t)found.st_dev;
        info->inode = (uint64_t)found.st_ino;
        info->is_private = (found.st_mode & 077) == 0;
    }
    return ok;
}

bool file_in_read(struct file_in *in, void *to, size_t size, size_t *got, struct err *err)
{
    for (;;) {
        ssize_t n = read(in->fd, to, size);

        if (n >= 0) {
            *got = (size_t)n;
            return true;
        }
        if (errno != EINTR && !(errno == EAGAIN && fd_wait(in->fd, POLLIN))) {
            return err_set_errno(err, ERR_INPUT, errno, "cannot read");
        }
    }
}

void file_in_close(struct file_in *in)
{
    if (in->is_open && in->fd != STDIN_FILENO) {
        (void)close(in->fd);
    }
    in->is_open = false;
}

static bool read_rest(struct file_in *in, size_t size_max, struct buf *out, struct err *err)
{
    size_t start = out->n;

    for (;;) {
        /* One byte more than the file should have tells the end without a second allocation. */
        size_t left = size_max - (out->n - start);
        size_t step = in->size >= out->n - start ? in->size - (out->n - start) : 0;
        size_t got = 0;
        char *to = NULL;

        step = step == 0 ? READ_SIZE : step;
        step = (step < left ? step : left) + 1;
        to = buf_reserve(out, step);
        if (to == NULL) {
            return err_set(err, ERR_INPUT, "larger than %zu bytes", out->size_max);
        }
        if (!file_in_read(in, to, step, &got, err)) {
            return false;
        }
        if (got == 0) {
            return true;
        }
        if (got > left) {
            return err_set(err, ERR_INPUT, "larger than %zu bytes", size_max);
        }
        out->n += got;
    }
}

/* All of a file that is open, which is closed. */
static bool read_whole(struct file_in *in, size_t size_max, struct buf *out, struct err *err)
{
    size_t start = out->n;
    bool ok = in->size <= size_max ? read_rest(in, size_max, out, err)
                                   : err_set(err, ERR_INPUT, "larger than %zu bytes", size_max);

    if (!ok) {
        out->n = start;
    }
    file_in_close(in);
    return ok;
}

bool file_read_all(struct str path, size_t size_max, struct buf *out, struct err *err)
{
    struct file_in in = {0};

    return file_in_open(&in, path, err) && read_whole(&in, size_max, out, err);
}

bool file_create_private(struct str path, struct str content, struct err *err)
{
    char *z = path_copy(path);
    size_t written = 0;
    int fd = -1, failure = EINVAL;

    if (z != NULL) {
        do {
            fd = open(z, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
        } while (fd < 0 && errno == EINTR);
        failure = fd < 0 ? errno : 0;
    }
    while (fd >= 0 && failure == 0 && written < content.n) {
        ssize_t n = write(fd, content.p + written, content.n - written);
        if (n >= 0) {
            written += (size_t)n;
        } else if (errno != EINTR) {
            failure = errno;
        }
    }
    if (fd >= 0 && failure == 0 && fsync(fd) != 0) {
        failure = errno;
    }
    if (fd >= 0) {
        (void)close(fd);
        if (failure != 0) {
            (void)unlink(z);
        }
    }
    mem_free(z);
    return failure == 0 || err_set_errno(err, ERR_INPUT, failure, "cannot create");
}

bool file_make_folder(struct str path, struct err *err)
{
    struct stat info = {0};
    char *z = path_copy(path);
    int failure = z == NULL ? EINVAL : mkdir(z, S_IRWXU) == 0 ? 0 : errno;

    if (failure == EEXIST && stat(z, &info) == 0 && S_ISDIR(info.st_mode)) {
        failure = 0;
    }
    mem_free(z);
    return failure == 0 || err_set_errno(err, ERR_INPUT, failure, "cannot make this folder");
}

bool file_exists(struct str path)
{
    struct stat info = {0};
    char *z = path_copy(path);
    bool exists = z != NULL && lstat(z, &info) == 0;

    mem_free(z);
    return exists;
}

bool file_may_run(struct str path)
{
    struct file_info info;
    char *z = path_copy(path);
    bool may = z != NULL && file_look(path, &info) && info.is_regular && access(z, X_OK) == 0;

    mem_free(z);
    return may;
}

static bool is_ours(uid_t owner)
{
    return owner == 0 || owner == geteuid();
}

static bool check_ours(const struct file_in *in, const struct stat *link, struct err *err)
{
    struct stat info = {0};

    if (fstat(in->fd, &info) != 0) {
        return err_set_errno(err, ERR_INPUT, errno, "cannot look at it");
    }
    if (!is_ours(link->st_uid) || !is_ours(info.st_uid)) {
        return err_set(err, ERR_INPUT, "belongs to another user");
    }
    return (info.st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
           err_set(err, ERR_INPUT, "others may write to it");
}

bool file_read_ours(struct str path, size_t size_max, struct buf *out, struct err *err)
{
    struct file_in in = {0};
    struct file_info info;
    struct stat link = {0};
    char *z = path_copy(path);
    bool ok = z != NULL && lstat(z, &link) == 0;

    mem_free(z);
    /* Opening what is no regular file may wait for somebody who never comes. */
    if (ok && file_look(path, &info) && !info.is_regular) {
        return err_set(err, ERR_INPUT, "is no regular file");
    }
    if (!file_in_open(&in, path, err)) {
        return false;
    }
    if (!ok || !check_ours(&in, &link, err)) {
        file_in_close(&in);
        return ok ? false : err_set(err, ERR_INPUT, "cannot look at it");
    }
    return read_whole(&in, size_max, out, err);
}

/* Says that `what` could not be done to the target, why, and the remedy where we know one. */
static bool out_failed(const struct file_out *out, int error_number, const char *what,
                       struct err *err)
{
    const char *quote = out->is_stdout ? "" : "'";
    const char *name = out->is_stdout ? "standard output" : out->path;

    if (error_number == EPIPE) {
        (void)err_set(err, ERR_INPUT, "cannot %s %s%s%s: its reader has gone", what, quote, name,
                      quote);
        err_hint(err, "let the reading command take all of its input, or write to a file with -o");
        return false;
    }
    (void)err_set_errno(err, ERR_INPUT, error_number, "cannot %s %s%s%s", what, quote, name, quote);
    if (error_number == ENOSPC || error_number == EDQUOT) {
        err_hint(err, "free space on that file system, or write to another one");
    } else if (error_number == EACCES || error_number == EROFS) {
        err_hint(err, "choose a folder that you may write to");
    } else if (error_number == ENOENT) {
        err_hint(err, "create the folder first");
    }
    return false;
}

/* The folder part of a path with its last slash: the prefix that names siblings. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Follows symbolic links by hand: rename would replace the link, and a link to nothing yet is a
 * valid place to write to. */
static bool link_resolve(char **path)
{
    char target[PATH_MAX];

    for (int i = 0; i < LINK_COUNT_MAX; i++) {
        ssize_t n = readlink(*path, target, sizeof target);
        if (n < 0) {
            return true; /* no link; whatever else is wrong with it, opening will say */
        }
        if ((size_t)n == sizeof target) {
            errno = ENAMETOOLONG;
            return false;
        }
        size_t folder_n = n > 0 && target[0] == '/' ? 0 : folder_length(*path);
        char *next = mem_alloc(folder_n + (size_t)n + 1);
        memcpy(next, *path, folder_n);
        memcpy(next + folder_n, target, (size_t)n);
        mem_free(*path);
        *path = next;
    }
    errno = ELOOP;
    return false;
}

static char *slot_take(void)
{
    for (size_t i = 0; i < TEMPORARY_COUNT_MAX; i++) {
        int state = SLOT_FREE;
        if (atomic_compare_exchange_strong(&slots[i].state, &state, SLOT_TAKEN)) {
            return slots[i].path;
        }
    }
    return NULL;
}

static void slot_set(const char *path, int state)
{
    for (size_t i = 0; i < TEMPORARY_COUNT_MAX; i++) {
        if (slots[i].path == path) {
            atomic_store(&slots[i].state, state);
        }
    }
}

/* Creates the temporary file. Its slot is READY before the file exists, so that no signal can come
 * between. A name that starts with a dot is passed over by readers of the folder. */
static bool temporary_open(struct file_out *out, mode_t mode)
{
    int folder_n = (int)folder_length(out->path);

    out->temporary = slot_take();
    if (out->temporary == NULL) {
        errno = EMFILE;
        return false;
    }
    for (int i = 0; i < TEMPORARY_TRIES; i++) {
        int n = snprintf(out->temporary, PATH_MAX, "%.*s.keywarden-%016" PRIx64 ".tmp", folder_n,
                         out->path, system_random_u64());
        if (n < 0 || n >= PATH_MAX) {
            errno = ENAMETOOLONG;
            break;
        }
        slot_set(out->temporary, SLOT_READY);
        out->fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (out->fd >= 0) {
            return true;
        }
        slot_set(out->temporary, SLOT_TAKEN);
        if (errno != EEXIST) {
            break;
        }
    }
    slot_set(out->temporary, SLOT_FREE);
    out->temporary = NULL;
    return false;
}

/* Opens what out->path (links resolved) names: directly if it is there and no regular file. */
static bool target_open(struct file_out *out)
{
    struct stat info = {0};
    bool exists = stat(out->path, &info) == 0;

    if (!exists && errno != ENOENT) {
        return false;
    }
    if (exists && S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return false;
    }
    if (exists && !S_ISREG(info.st_mode)) {
        do {
            out->fd = open(out->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        } while (out->fd < 0 && errno == EINTR);
        if (out->fd < 0) {
            return false;
        }
        out->is_terminal = isatty(out->fd) == 1;
        return true;
    }
    if (!temporary_open(out, exists ? info.st_mode & 0777 : 0666)) {
        return false;
    }
    if (exists) {
        (void)fchmod(out->fd, info.st_mode & 0777); /* what the umask took away */
    }
    return true;
}

bool file_out_open(struct file_out *out, struct str path, struct err *err)
{
    *out = (struct file_out){0};
    if (path.n == 0 || str_eq(path, STR("-"))) {
        out->fd = STDOUT_FILENO;
        out->is_open = true;
        out->is_stdout = true;
        out->is_terminal = isatty(STDOUT_FILENO) == 1;
        return true;
    }
    out->path = path_copy(path);
    if (out->path == NULL) {
        return err_set(err, ERR_INPUT, "the name of the output file holds a NUL byte");
    }
    if (!link_resolve(&out->path) || !target_open(out)) {
        (void)out_failed(out, errno, "open", err);
        mem_free(out->path);
        out->path = NULL;
        return false;
    }
    out->is_open = true;
    return true;
}

bool file_out_write(struct file_out *out, struct str bytes, struct err *err)
{
    while (bytes.n > 0) {
        ssize_t n = write(out->fd, bytes.p, bytes.n);

        if (n >= 0) {
            bytes = str_sub(bytes, (size_t)n, bytes.n);
        } else if (errno != EINTR && !(errno == EAGAIN && fd_wait(out->fd, POLLOUT))) {
            return out_failed(out, errno, "write to", err);
        }
    }
    return true;
}

/* File systems without a notion of syncing answer EINVAL; there is nothing to do about that. */
static bool fd_sync(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP;
}

bool file_out_commit(struct file_out *out, struct err *err)
{
    bool ok = true;

    if (!out->is_open || out->is_stdout) {
        out->is_open = false;
        return true;
    }
    if (out->temporary != NULL && !fd_sync(out->fd)) {
        ok = out_failed(out, errno, "write to", err);
    }
    out->is_open = false;
    if (close(out->fd) != 0 && errno != EINTR && ok) {
        ok = out_failed(out, errno, "write to", err);
    }
    if (out->temporary != NULL && ok && rename(out->temporary, out->path) != 0) {
        ok = out_failed(out, errno, "replace", err);
    }
    if (out->temporary != NULL && ok) {
        slot_set(out->temporary, SLOT_FREE);
        out->temporary = NULL; // moved into place
    }
    file_out_abandon(out);
    return ok;
}

void file_out_abandon(struct file_out *out)
{
    if (out->is_open && !out->is_stdout) {
        (void)close(out->fd);
    }
    if (out->temporary != NULL) {
        (void)unlink(out->temporary);
        slot_set(out->temporary, SLOT_FREE);
    }
    mem_free(out->path);
    *out = (struct file_out){0};
}

void file_out_abandon_all(void)
{
    for (size_t i = 0; i < TEMPORARY_COUNT_MAX; i++) {
        if (atomic_load(&slots[i].state) == SLOT_READY) {
            (void)unlink(slots[i].path);
        }
    }
}
