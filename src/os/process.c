#include "os/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/system.h"

static bool start(const struct str *words, size_t count, int to, pid_t *pid, struct err *err)
{
    posix_spawn_file_actions_t actions;
    char *arguments[PROCESS_WORDS_MAX + 1] = {0};
    int code = 0;

    if (count == 0 || count > PROCESS_WORDS_MAX) {
        return err_set(err, ERR_INPUT, "a command of %zu words", count);
    }
    for (size_t i = 0; i < count; i++) {
        union {
            const char *given;
            char *word; /* which posix_spawn does not write to */
        } same = {.given = words[i].p};
        arguments[i] = same.word;
    }
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    code = posix_spawnp(pid, arguments[0], &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    if (code != 0) {
        return err_set_errno(err, ERR_INPUT, code, "cannot run '%.*s'", STR_ARG(words[0]));
    }
    return true;
}

/* Reads to the end of what is printed; false with *err when that does not come. */
static bool read_all(int from, uint64_t timeout_ms, struct buf *out, struct err *err)
{
    uint64_t end = system_monotonic_ns() / 1000000 + timeout_ms;

    for (;;) {
        struct pollfd wait = {.fd = from, .events = POLLIN};
        uint64_t now = system_monotonic_ns() / 1000000;
        char chunk[4096];
        ssize_t got = 0;

        if (now >= end) {
            return err_set(err, ERR_INPUT, "no end after %llu seconds",
                           (unsigned long long)(timeout_ms / 1000));
        }
        if (poll(&wait, 1, end - now < 1000 ? (int)(end - now) : 1000) <= 0) {
            continue;
        }
        got = read(from, chunk, sizeof chunk);
        if (got < 0 && errno != EINTR) {
            return err_set_errno(err, ERR_INPUT, errno, "cannot read what it prints");
        }
        if (got == 0) {
            return true;
        }
        buf_bytes(out, chunk, got > 0 ? (size_t)got : 0);
        explicit_bzero(chunk, sizeof chunk);
        if (out->overflowed) {
            return err_set(err, ERR_INPUT, "prints more than %zu bytes", out->size_max);
        }
    }
}

bool process_read(const struct str *words, size_t count, uint64_t timeout_ms, struct buf *out,
                  struct err *err)
{
    int ends[2] = {-1, -1}, status = 0;
    pid_t pid = -1, ended = -1;
    bool ok = false;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return err_set_errno(err, ERR_INPUT, errno, "no pipe");
    }
    ok = start(words, count, ends[1], &pid, err);
    (void)close(ends[1]);
    if (ok && !read_all(ends[0], timeout_ms, out, err)) {
        (void)kill(pid, SIGKILL);
        ok = false;
    }
    (void)close(ends[0]);
    while (pid > 0 && (ended = waitpid(pid, &status, 0)) < 0 && errno == EINTR) {
    }
    if (ok && (ended != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        return err_set(err, ERR_INPUT, "'%.*s' ended with %s %d", STR_ARG(words[0]),
                       WIFEXITED(status) ? "exit code" : "signal",
                       WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
    }
    return ok;
}
