#include "aws/config_file.h"

#include "base/buf.h"
#include "codec/utf8.h"
#include "crypto/secret.h"

/* What Python's strip() takes for a blank, of ASCII. */
static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

static struct str strip(struct str s)
{
    while (s.n > 0 && is_blank(s.p[0])) {
        s = str_sub(s, 1, s.n);
    }
    while (s.n > 0 && is_blank(s.p[s.n - 1])) {
        s.n--;
    }
    return s;
}

struct parser {
    struct arena *arena;
    struct tree *file;
    struct tree *section, *last_section; /* section: NULL before the first header */
    struct tree *defaults;               /* [DEFAULT]: what other sections have unless they say */
    struct tree *key, *last_key;         /* key: NULL when no line can go on */
    struct buf value;                    /* of `key`, so far */
    size_t indent;
    uint32_t line;
};

static bool fail(const struct parser *parser, struct err *err, const char *text)
{
    (void)err_set(err, ERR_INPUT, "%s", text);
    err_place(err, (struct str){0}, parser->line, 0);
    return false;
}

/* Every node of the tree was made here, and is constant for its readers only. */
static struct tree *ours(const struct tree *node)
{
    union {
        const struct tree *given;
        struct tree *ours;
    } same = {.given = node};

    return same.ours;
}

static struct tree *child(const struct tree *node, struct str name)
{
    const struct tree *at = node->first;

    while (at != NULL && !str_eq(at->name, name)) {
        at = at->next;
    }
    return ours(at);
}

static struct tree *append(struct parser *parser, struct tree *parent, struct tree *last,
                           struct str name)
{
    struct tree *node = arena_alloc(parser->arena, sizeof *node);

    if (node == NULL || !arena_str(parser->arena, name, &node->name)) {
        return NULL;
    }
    if (last == NULL) {
        parent->first = node;
    } else {
        last->next = node;
    }
    return node;
}

/* ---- Values ---- */

/* The lines of a value that begins below its key. */
static bool nested_parse(struct parser *parser, struct tree *key, struct str text, struct err *err)
{
    struct tree *last = NULL;
    struct str line;

    while (text.n > 0) {
        struct str value, name;
        (void)str_cut(&text, '\n', &line);
        value = strip(line);
        if (value.n == 0) {
            continue;
        }
        if (!str_cut(&value, '=', &name)) {
            return fail(parser, err, "an indented line without '='");
        }
        struct tree *node = child(key, strip(name));
        if (node == NULL) {
            node = last = append(parser, key, last, strip(name));
        }
        if (node == NULL || !arena_str(parser->arena, strip(value), &node->text)) {
            return fail(parser, err, "the file is too large");
        }
    }
    return true;
}

/* The value of the key before is complete. */
static bool value_end(struct parser *parser, struct err *err)
{
    struct str value = buf_text(&parser->value);
    struct tree *key = parser->key;

    if (key == NULL) {
        return true;
    }
    parser->key = NULL;
    if (parser->value.overflowed) {
        return fail(parser, err, "the file is too large");
    }
    while (value.n > 0 && is_blank(value.p[value.n - 1])) {
        value.n--;
    }
    if (value.n > 0 && value.p[0] == '\n') {
        return nested_parse(parser, key, value, err);
    }
    return arena_str(parser->arena, value, &key->text) ||
           fail(parser, err, "the file is too large");
}

/* ---- Lines ---- */

static bool section_begin(struct parser *parser, struct str name, struct err *err)
{
    if (str_eq(name, STR("DEFAULT"))) {
        parser->section = parser->defaults;
    } else if (child(parser->file, name) != NULL) {
        return fail(parser, err, "a section that was there before");
    } else {
        parser->section = append(parser, parser->file, parser->last_section, name);
        parser->last_section = parser->section;
    }
    if (parser->section == NULL) {
        return fail(parser, err, "the file is too large");
    }
    parser->last_key = NULL;
    for (const struct tree *at = parser->section->first; at != NULL; at = at->next) {
        parser->last_key = ours(at);
    }
    return true;
}

static bool key_begin(struct parser *parser, struct str line, struct err *err)
{
    size_t at = 0;
    struct str name;
    char *lower = NULL;

    while (at < line.n && line.p[at] != '=' && line.p[at] != ':') {
        at++;
    }
    name = strip(str_sub(line, 0, at));
    if (at == line.n || name.n == 0) {
        return fail(parser, err, "neither 'key = value' nor '[section]'");
    }
    lower = arena_alloc(parser->arena, name.n);
    if (lower == NULL) {
        return fail(parser, err, "the file is too large");
    }
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    name.p = lower;
    if (child(parser->section, name) != NULL) {
        return fail(parser, err, "a key that this section had before");
    }
    parser->key = append(parser, parser->section, parser->last_key, name);
    if (parser->key == NULL) {
        return fail(parser, err, "the file is too large");
    }
    parser->last_key = parser->key;
    buf_clear(&parser->value);
    buf_str(&parser->value, strip(str_sub(line, at + 1, line.n)));
    return true;
}

static bool line_read(struct parser *parser, struct str line, struct err *err)
{
    struct str text = strip(line);
    size_t indent = text.n > 0 ? (size_t)(text.p - line.p) : 0, close = text.n;

    if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';') {
        if (text.n == 0 && parser->key != NULL) {
            buf_char(&parser->value, '\n');
        }
        return true;
    }
    if (parser->key != NULL && indent > parser->indent) {
        buf_char(&parser->value, '\n');
        buf_str(&parser->value, text);
        return true;
    }
    if (!value_end(parser, err)) {
        return false;
    }
    parser->indent = indent;
    while (close > 0 && text.p[close - 1] != ']') {
        close--;
    }
    if (text.p[0] == '[' && close > 2) {
        return section_begin(parser, str_sub(text, 1, close - 1), err);
    }
    return parser->section == NULL ? fail(parser, err, "text before the first '[section]'")
                                   : key_begin(parser, text, err);
}

static bool is_utf8(struct str text)
{
    uint32_t code_point = 0;

    while (text.n > 0) {
        text = str_sub(text, utf8_next(text, &code_point), text.n);
        if (code_point == UTF8_INVALID) {
            return false;
        }
    }
    return true;
}

/* Gives each section the keys of [DEFAULT] that it does not have itself. */
static bool defaults_add(struct parser *parser, struct err *err)
{
    for (const struct tree *at = parser->file->first; at != NULL; at = at->next) {
        struct tree *section = ours(at), *last = NULL;
        for (const struct tree *key = section->first; key != NULL; key = key->next) {
            last = ours(key);
        }
        for (const struct tree *key = parser->defaults->first; key != NULL; key = key->next) {
            if (child(section, key->name) == NULL) {
                last = append(parser, section, last, key->name);
                if (last == NULL) {
                    return fail(parser, err, "the file is too large");
                }
                last->text = key->text;
                last->first = key->first;
            }
        }
    }
    return true;
}

bool config_file_parse(struct arena *arena, struct str text, const struct tree **out,
                       struct err *err)
{
    struct parser parser = {.arena = arena};
    bool ok = true;

    parser.file = arena_alloc(arena, sizeof *parser.file);
    parser.defaults = arena_alloc(arena, sizeof *parser.defaults);
    if (parser.file == NULL || parser.defaults == NULL) {
        return fail(&parser, err, "the file is too large");
    }
    if (!is_utf8(text)) {
        return fail(&parser, err, "not UTF-8");
    }
    /* The whole room at once: growing would leave copies of secrets behind. */
    buf_init(&parser.value, text.n + 1);
    ok = buf_reserve(&parser.value, text.n) != NULL;
    while (ok && text.n > 0) {
        size_t end = 0;
        while (end < text.n && text.p[end] != '\n' && text.p[end] != '\r') {
            end++;
        }
        parser.line++;
        ok = line_read(&parser, str_sub(text, 0, end), err);
        end += end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n';
        text = str_sub(text, end + 1, text.n);
    }
    ok = ok && value_end(&parser, err) && defaults_add(&parser, err);
    secret_wipe_buf(&parser.value);
    if (ok) {
        *out = parser.file;
    }
    return ok;
}
