#include "codec/ini.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static size_t blank_count(struct str s)
{
    size_t n = 0;

    while (n < s.n && is_blank(s.p[n])) {
        n++;
    }
    return n;
}

static bool fail(struct err *err, uint32_t line, size_t col, const char *text)
{
    (void)err_set(err, ERR_INPUT, "%s", text);
    err_place(err, (struct str){0}, line, col);
    return false;
}

void ini_init(struct ini_reader *reader, struct str text)
{
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        text = str_sub(text, 3, text.n);
    }
    *reader = (struct ini_reader){.rest = text};
}

/* Bytes that no editor shows would make a file mean something else than it seems to. */
static bool check_bytes(struct str line, uint32_t number, struct err *err)
{
    for (size_t i = 0; i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            return fail(err, number, i + 1, "a control character");
        }
    }
    return true;
}

/* `line` begins with '[' and has no blanks at its end; `col` is its column. */
static bool read_section(struct str line, uint32_t col, struct ini_token *token, struct err *err)
{
    size_t close = str_find(line, ']');
    struct str inside = str_sub(line, 1, close);

    if (close == line.n) {
        return fail(err, token->line, col, "a section ends with ']'");
    }
    if (close + 1 < line.n) {
        return fail(err, token->line, col + close + 1, "something stands behind the section");
    }
    if (str_find(inside, '[') < inside.n) {
        return fail(err, token->line, col + 1 + str_find(inside, '['),
                    "'[' inside the name of a section");
    }
    token->kind = INI_SECTION;
    token->name = str_trim(inside);
    token->col = col + 1 + (uint32_t)blank_count(inside);
    return token->name.n > 0 || fail(err, token->line, col, "a section without a name");
}

static bool read_key(struct str line, uint32_t col, struct ini_token *token, struct err *err)
{
    struct str value = line, name;

    if (!str_cut(&value, '=', &name)) {
        (void)fail(err, token->line, col, "expected 'key = value' or '[section]'");
        err_hint(err, "a switch is turned on with 'key = true'");
        return false;
    }
    token->kind = INI_KEY;
    token->name = str_trim(name);
    token->value = str_trim(value);
    token->col = col;
    return token->name.n > 0 || fail(err, token->line, col, "a value without a key");
}

bool ini_next(struct ini_reader *reader, struct ini_token *token, struct err *err)
{
    while (reader->rest.n > 0) {
        struct str line;
        bool has_feed = str_cut(&reader->rest, '\n', &line);

        if (reader->line == UINT32_MAX) {
            return fail(err, reader->line, 1, "too many lines");
        }
        reader->line++;
        if (has_feed && str_ends(line, STR("\r"))) {
            line = str_sub(line, 0, line.n - 1);
        }
        if (line.n >= UINT32_MAX) {
            return fail(err, reader->line, 1, "a line that is too long");
        }
        if (!check_bytes(line, reader->line, err)) {
            return false;
        }
        size_t indent = blank_count(line);
        line = str_trim(line);
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';') {
            continue;
        }
        if (reader->has_key && indent > reader->key_indent) {
            (void)fail(err, reader->line, indent + 1, "indented deeper than the key before it");
            err_hint(err, "a value ends with its line");
            return false;
        }
        *token = (struct ini_token){.line = reader->line};
        if (line.p[0] == '[') {
            reader->has_key = false;
            return read_section(line, (uint32_t)indent + 1, token, err);
        }
        reader->has_key = true;
        reader->key_indent = indent;
        return read_key(line, (uint32_t)indent + 1, token, err);
    }
    *token = (struct ini_token){.kind = INI_END, .line = reader->line};
    return true;
}
