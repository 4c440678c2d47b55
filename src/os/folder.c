#include "os/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { NAME_SIZE_MAX = 256 };

static bool fail(const struct folder *folder, const char *name, const char *what, int number,
                 struct err *err)
{
    (void)err_set_errno(err, ERR_INPUT, number, "%s '%s%s%s'", what, folder->path,
                        name[0] == '\0' ? "" : "/", name);
    if (number == ENOSPC || number == EDQUOT) {
        err_hint(err, "make room, remove the folder, and start again");
    } else if (number == EACCES || number == EPERM || number == EROFS) {
        err_hint(err, "name a folder that this user may write to");
    } else if (number == ENOENT) {
        err_hint(err, "make the folder above it first");
    }
    return false;
}

static bool check_empty(const struct folder *folder, struct err *err)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    bool is_empty = true;

    if (listing == NULL) {
        int number = errno;
        if (fd >= 0) {
            (void)close(fd);
        }
        return fail(folder, "", "cannot list", number, err);
    }
    while (is_empty && (entry = readdir(listing)) != NULL) {
        is_empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    (void)closedir(listing);
    if (!is_empty) {
        (void)err_set(err, ERR_INPUT, "'%s' is not empty", folder->path);
        err_hint(err, "name a folder that is empty, or not there yet");
    }
    return is_empty;
}

bool folder_make(struct folder *folder, struct str path, struct err *err)
{
    *folder = (struct folder){.path = mem_alloc(path.n + 1), .fd = -1};
    memcpy(folder->path, path.p, path.n);
    if (mkdir(folder->path, 0777) != 0 && errno != EEXIST) {
        return fail(folder, "", "cannot make the folder", errno, err);
    }
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0) {
        return fail(folder, "", "cannot open the folder", errno, err);
    }
    return check_empty(folder, err);
}

bool folder_write(const struct folder *folder, struct str name, struct str bytes, struct err *err)
{
    char path[NAME_SIZE_MAX];
    int fd, number = 0;

    if (name.n >= sizeof path) {
        return err_set(err, ERR_INPUT, "a file name is longer than %d bytes", NAME_SIZE_MAX - 1);
    }
    memcpy(path, name.p, name.n);
    path[name.n] = '\0';
    fd = openat(folder->fd, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) {
        return fail(folder, path, "cannot write", errno, err);
    }
    while (bytes.n > 0 && number == 0) {
        ssize_t written = write(fd, bytes.p, bytes.n);
        if (written > 0) {
            bytes = str_sub(bytes, (size_t)written, bytes.n);
        } else if (written < 0 && errno != EINTR) {
            number = errno;
        }
    }
    if (close(fd) != 0 && number == 0) {
        number = errno;
    }
    return number == 0 || fail(folder, path, "cannot write", number, err);
}

void folder_close(struct folder *folder)
{
    if (folder->path != NULL && folder->fd >= 0) {
        (void)close(folder->fd);
    }
    mem_free(folder->path);
    *folder = (struct folder){0};
}
