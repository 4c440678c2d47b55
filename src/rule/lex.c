#include "rule/lex.h"

/* U+201C and U+201D, which word processors make of straight quotes. */
static const struct str curly_quotes[] = {STR_LIT("\xe2\x80\x9c"), STR_LIT("\xe2\x80\x9d")};

void text_place(struct str text, size_t offset, uint64_t *line, uint64_t *col)
{
    uint64_t lines = 1;
    size_t line_start = 0;

    for (size_t i = 0; i < offset && i < text.n; i++) {
        if (text.p[i] == '\n') {
            lines++;
            line_start = i + 1;
        }
    }
    *line = lines;
    *col = (uint64_t)(offset - line_start) + 1;
}

static bool lex_error(const struct lexer *lexer, size_t offset, struct err *err, const char *text)
{
    uint64_t line = 0, col = 0;

    text_place(lexer->text, offset, &line, &col);
    (void)err_set(err, ERR_INPUT, "%s", text);
    err_place(err, (struct str){0}, line, col);
    return false;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Length of the quote that starts at `at`, 0 when none does. */
static size_t quote_size(struct str text, size_t at)
{
    struct str rest = str_sub(text, at, text.n);

    if (rest.n > 0 && rest.p[0] == '"') {
        return 1;
    }
    for (size_t i = 0; i < 2; i++) {
        if (str_starts(rest, curly_quotes[i])) {
            return curly_quotes[i].n;
        }
    }
    return 0;
}

static void skip_blanks(struct lexer *lexer)
{
    while (lexer->at < lexer->text.n) {
        char c = lexer->text.p[lexer->at];
        if (c == '#') {
            while (lexer->at < lexer->text.n && lexer->text.p[lexer->at] != '\n') {
                lexer->at++;
            }
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
            lexer->at++;
        } else {
            return;
        }
    }
}

static bool lex_string(struct lexer *lexer, struct token *token, struct err *err)
{
    struct str text = lexer->text;
    size_t open = quote_size(text, token->offset);
    size_t at = token->offset + open;
    size_t begin = at;

    while (at < text.n) {
        size_t quote = quote_size(text, at);
        /* Within straight quotes, curly ones are text; a curly start may end either way. */
        if (quote == 1 || (quote > 0 && open > 1)) {
            token->kind = TOKEN_STRING;
            token->text = str_sub(text, begin, at);
            lexer->at = at + quote;
            return true;
        }
        if (text.p[at] == '\\' && at + 1 < text.n) {
            size_t escaped = quote_size(text, at + 1);
            at += 1 + (escaped > 0 ? escaped : 1);
        } else {
            at++;
        }
    }
    (void)lex_error(lexer, token->offset, err, "this string is never closed");
    err_hint(err, "a backslash before a quote keeps the string open; end it with a plain quote");
    return false;
}

/* Digits may open a number, an IPv4 or an IPv6 address; a ':' or a second '.' tells. */
static bool is_ip_ahead(struct str text, size_t at, size_t *end)
{
    size_t i = at, dots = 0, colons = 0;

    while (i < text.n && (is_hex(text.p[i]) || text.p[i] == '.' || text.p[i] == ':')) {
        dots += text.p[i] == '.';
        colons += text.p[i] == ':';
        i++;
    }
    if (dots != 3 && colons < 2) {
        return false;
    }
    if (i + 1 < text.n && text.p[i] == '/' && is_digit(text.p[i + 1])) {
        i++;
        while (i < text.n && is_digit(text.p[i])) {
            i++;
        }
    }
    *end = i;
    return true;
}

static void lex_punctuation(struct lexer *lexer, struct token *token)
{
    static const struct str pairs[] = {STR_LIT(".."), STR_LIT("=="), STR_LIT("!="),
                                       STR_LIT("<>"), STR_LIT(">="), STR_LIT("<=")};
    struct str rest = str_sub(lexer->text, token->offset, lexer->text.n);
    size_t n = 1;

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (str_starts(rest, pairs[i])) {
            n = pairs[i].n;
        }
    }
    token->kind = TOKEN_PUNCTUATION;
    token->text = str_sub(rest, 0, n);
    lexer->at += n;
}

static size_t word_end(struct str text, size_t at)
{
    while (at < text.n) {
        char c = text.p[at];
        bool hyphen = c == '-' && at + 1 < text.n && is_word_start(text.p[at + 1]);
        if (!is_word_start(c) && !is_digit(c) && !hyphen) {
            break;
        }
        at++;
    }
    return at;
}

bool lexer_next(struct lexer *lexer, struct token *token, struct err *err)
{
    struct str text = lexer->text;
    size_t end = lexer->at;

    skip_blanks(lexer);
    if (lexer->at == text.n) {
        /* The rule ends with its last word, not with the blanks and remarks behind it. */
        *token = (struct token){.offset = end, .end = end};
        return true;
    }
    *token = (struct token){.offset = lexer->at, .end = lexer->at};
    char c = text.p[lexer->at];
    bool next_is_word = lexer->at + 1 < text.n && is_word_start(text.p[lexer->at + 1]);
    if (quote_size(text, lexer->at) > 0) {
        if (!lex_string(lexer, token, err)) {
            return false;
        }
    } else if ((is_hex(c) || c == ':') && is_ip_ahead(text, lexer->at, &end)) {
        token->kind = TOKEN_IP;
        token->text = str_sub(text, lexer->at, end);
        lexer->at = end;
    } else if (is_digit(c)) {
        for (end = lexer->at; end < text.n && is_digit(text.p[end]); end++) {
        }
        token->kind = TOKEN_NUMBER;
        token->text = str_sub(text, lexer->at, end);
        lexer->at = end;
    } else if (is_word_start(c)) {
        token->kind = TOKEN_WORD;
        end = word_end(text, lexer->at);
        token->text = str_sub(text, lexer->at, end);
        lexer->at = end;
    } else if (c == '$' && next_is_word) {
        token->kind = TOKEN_PARAM;
        end = word_end(text, lexer->at + 1);
        token->text = str_sub(text, lexer->at + 1, end);
        lexer->at = end;
    } else if (str_find(STR("()[],.=!<>+-*/"), c) < 14) {
        lex_punctuation(lexer, token);
    } else {
        (void)lex_error(lexer, lexer->at, err, "this character means nothing in a rule");
        return false;
    }
    token->end = lexer->at;
    return true;
}
