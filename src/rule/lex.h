/* lex.h: rule text to tokens.
 *
 * Words are case-insensitive and only become keywords where the grammar looks for them, so that an
 * attribute may be called `value` or `Condition`. Strings are raw: between straight or curly double
 * quotes, no escapes; a backslash before a quote keeps both characters and goes on.
 *
 * Ownership: tokens point into the text.
 * Threads:   plain values.
 *
 * Example:   struct lexer lexer = {.text = text};
 *            struct token token;
 *            while (lexer_next(&lexer, &token, &err) && token.kind != TOKEN_END) { ... } */
#ifndef RULE_LEX_H
#define RULE_LEX_H

#include <stddef.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,        /* letters, digits, '_' and inner '-'; starts with a letter or '_' */
    TOKEN_STRING,      /* text: between the quotes */
    TOKEN_NUMBER,      /* digits */
    TOKEN_IP,          /* address or CIDR block, unquoted */
    TOKEN_PARAM,       /* text: the name behind '$' */
    TOKEN_PUNCTUATION, /* ( ) [ ] , . .. = == != <> > >= < <= + - * / */
};

struct token {
    enum token_kind kind;
    struct str text;
    size_t offset, end; /* in the rule text, quotes included */
};

struct lexer {
    struct str text;
    size_t at;
};

/* Errors carry the line and column in the text. */
MUST_USE bool lexer_next(struct lexer *lexer, struct token *token, struct err *err);

/* Line and column (1-based) of an offset. */
void text_place(struct str text, size_t offset, uint64_t *line, uint64_t *col);

#endif
