#include "os/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static bool write_all(int fd, struct str text)
{
    size_t done = 0;

    while (done < text.n) {
        ssize_t n = write(fd, text.p + done, text.n - done);
        if (n < 0 && errno != EINTR) {
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* A terminal hands over a line at a time; one by one, nothing behind it is taken. */
static bool read_line(int fd, char *to, size_t size, size_t *n)
{
    char c = '\0';

    *n = 0;
    for (;;) {
        ssize_t got = read(fd, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return false;
        }
        if (c == '\n' || c == '\r') {
            return true;
        }
        if (*n == size) {
            return false;
        }
        to[(*n)++] = c;
    }
}

bool terminal_ask(struct str question, char *to, size_t size, size_t *n, struct err *err)
{
    int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    bool ok = false;

    if (fd < 0) {
        return err_set(err, ERR_INPUT, "there is no terminal to ask at");
    }
    ok = write_all(fd, question) && read_line(fd, to, size, n);
    (void)close(fd);
    return ok || err_set(err, ERR_INPUT, "no answer at the terminal");
}
