#include "report/shell.h"

#include <string.h>

static void push(struct shell_scan *scan, enum shell_place place)
{
    if (scan->depth == SHELL_DEPTH_MAX) {
        scan->is_too_deep = true;
        return;
    }
    scan->open[scan->depth++] = place;
}

enum shell_place shell_scan_place(const struct shell_scan *scan)
{
    return scan->depth == 0 ? SHELL_PLAIN : scan->open[scan->depth - 1];
}

void shell_scan_char(struct shell_scan *scan, char c)
{
    enum shell_place place = shell_scan_place(scan);
    bool was_dollar = scan->was_dollar;

    scan->was_dollar = false;
    if (place == SHELL_SINGLE) {
        scan->depth -= c == '\'';
        return;
    }
    if (scan->is_escaped) {
        scan->is_escaped = false;
        return;
    }
    scan->is_escaped = c == '\\';
    scan->was_dollar = c == '$';
    if (c == '"') {
        if (place == SHELL_DOUBLE) {
            scan->depth--;
        } else {
            push(scan, SHELL_DOUBLE);
        }
    } else if (c == '\'' && place == SHELL_PLAIN) {
        push(scan, SHELL_SINGLE);
    } else if (c == '(' && (was_dollar || place == SHELL_PLAIN)) {
        push(scan, SHELL_PLAIN);
    } else if (c == ')' && place == SHELL_PLAIN && scan->depth > 0) {
        scan->depth--;
    }
}

static bool has(struct str text, struct str part)
{
    for (size_t i = 0; i + part.n <= text.n; i++) {
        if (memcmp(text.p + i, part.p, part.n) == 0) {
            return true;
        }
    }
    return false;
}

bool shell_is_plain(struct str text)
{
    static const struct str others[] = {STR_LIT("`"),    STR_LIT("<<"), STR_LIT("$'"),
                                        STR_LIT("esac"), STR_LIT(" #"), STR_LIT(" -c "),
                                        STR_LIT("eval")};
    struct shell_scan scan = {0};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        if (has(text, others[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < text.n; i++) {
        shell_scan_char(&scan, text.p[i]);
    }
    return scan.depth == 0 && !scan.is_too_deep && !scan.is_escaped;
}

bool shell_is_word(struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr("_+=,.@/:-", c) == NULL)) {
            return false;
        }
    }
    return text.n > 0;
}

static void single_quoted_write(struct buf *out, struct str text)
{
    buf_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'') {
            buf_str(out, STR("'\\''"));
        } else {
            buf_char(out, text.p[i]);
        }
    }
    buf_char(out, '\'');
}

void shell_word_write(struct buf *out, struct str text, enum shell_place place)
{
    static const struct str quotes[] = {
        [SHELL_PLAIN] = STR_LIT(""), [SHELL_SINGLE] = STR_LIT("'"), [SHELL_DOUBLE] = STR_LIT("\"")};

    if (shell_is_word(text)) {
        buf_str(out, text);
        return;
    }
    buf_str(out, quotes[place]);
    single_quoted_write(out, text);
    buf_str(out, quotes[place]);
}
