#include "cli/message.h"

#include <stdio.h>

#include "base/buf.h"
#include "cli/command.h"
#include "os/file.h"
#include "os/system.h"
#include "render/terminal.h"

enum { STDOUT_FD = 1, STDERR_FD = 2, MESSAGE_SIZE_MAX = 16384 };

static void put(const char *kind, enum terminal_style style, const struct err *err)
{
    char line[2048];
    struct buf out;
    bool color = system_is_terminal(STDERR_FD) && system_env("NO_COLOR").n == 0;

    err_format(err, line, sizeof line);
    buf_init(&out, MESSAGE_SIZE_MAX);
    buf_str(&out, STR("keywarden: "));
    terminal_style(&out, style, color);
    buf_printf(&out, "%s: ", kind);
    terminal_style(&out, STYLE_NONE, color);
    terminal_text(&out, str_from(line));
    if (err->hint[0] != '\0') {
        buf_str(&out, STR("\n    "));
        terminal_text(&out, str_from(err->hint));
    }
    buf_char(&out, '\n');
    (void)fwrite(out.p, 1, out.n, stderr);
    buf_release(&out);
}

void message_error(const struct err *err)
{
    put("error", STYLE_RED, err);
}

void message_warning(const struct err *err)
{
    put("warning", STYLE_YELLOW, err);
}

void message_note(const struct err *err)
{
    put("note", STYLE_BLUE, err);
}

void message_text(struct str text)
{
    (void)fwrite(text.p, 1, text.n, stderr);
}

int message_fail(const struct err *err)
{
    static const int codes[] = {
        [ERR_NONE] = EXIT_BUG,      [ERR_USAGE] = EXIT_USAGE, [ERR_INPUT] = EXIT_INPUT,
        [ERR_REMOTE] = EXIT_REMOTE, [ERR_STORE] = EXIT_STORE, [ERR_BUG] = EXIT_BUG,
    };

    message_error(err);
    return codes[err->kind];
}

int output_write(struct str bytes)
{
    struct file_out out = {0};
    struct err err = {0};
    int code = EXIT_OK;

    if (!file_out_open(&out, STR("-"), &err) || !file_out_write(&out, bytes, &err) ||
        !file_out_commit(&out, &err)) {
        code = message_fail(&err);
    }
    file_out_abandon(&out);
    return code;
}
