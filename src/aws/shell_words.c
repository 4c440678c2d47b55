#include "aws/shell_words.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Reads the word at *at into `to`, which has room for what is left of the line. */
static bool word_read(struct str line, size_t *at, char *to, size_t *n, struct err *err)
{
    char quote = '\0';

    for (; *at < line.n && (quote != '\0' || !is_blank(line.p[*at])); (*at)++) {
        char c = line.p[*at];
        if (quote == '\0' && (c == '\'' || c == '"')) {
            quote = c;
        } else if (quote != '\0' && c == quote) {
            quote = '\0';
        } else if (c == '\\' && quote != '\'') {
            if (*at + 1 == line.n) {
                return err_set(err, ERR_INPUT, "nothing follows the last backslash");
            }
            c = line.p[++*at];
            if (quote == '"' && c != '"' && c != '\\') {
                to[(*n)++] = '\\';
            }
            to[(*n)++] = c;
        } else {
            to[(*n)++] = c;
        }
    }
    return quote == '\0' || err_set(err, ERR_INPUT, "a quote is not closed");
}

bool shell_words(struct arena *arena, struct str line, struct str **words, size_t *count,
                 struct err *err)
{
    /* No more words than half the characters, and no longer together than the line. */
    struct str *list = arena_array(arena, line.n / 2 + 1, sizeof *list);
    char *to = arena_alloc(arena, line.n + line.n / 2 + 2);
    size_t at = 0, n = 0;

    if (list == NULL || to == NULL) {
        return err_set(err, ERR_INPUT, "a command line that is too long");
    }
    for (;;) {
        size_t length = 0;
        while (at < line.n && is_blank(line.p[at])) {
            at++;
        }
        if (at == line.n) {
            break;
        }
        if (!word_read(line, &at, to, &length, err)) {
            return false;
        }
        list[n++] = (struct str){to, length};
        to[length] = '\0';
        to += length + 1;
    }
    *words = list;
    *count = n;
    return true;
}
