/* ini.h: configuration files of sections and keys, token by token.
 *
 * `[section]`, `key = value` and nothing else: a line that begins with # or ; is a comment, values
 * end with their line and are taken as they stand, blanks at their ends apart. No quotes, no
 * escapes, no comments behind a value. What is accepted here means the same to Python's
 * configparser, which also accepts more: lines that go on with the value before them are refused.
 *
 * Ownership: nothing is allocated; names and values point into the text.
 * Threads:   one per reader.
 *
 * Example:   struct ini_reader reader;
 *            struct ini_token token;
 *            ini_init(&reader, text);
 *            while (ini_next(&reader, &token, &err) && token.kind != INI_END) { ... } */
#ifndef CODEC_INI_H
#define CODEC_INI_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"

enum ini_kind { INI_END, INI_SECTION, INI_KEY };

struct ini_token {
    enum ini_kind kind;
    struct str name;    /* of the section or key; never empty */
    struct str value;   /* of a key; may be empty */
    uint32_t line, col; /* where the name begins, 1-based, in bytes */
};

struct ini_reader {
    /* Private. */
    struct str rest;
    uint32_t line;
    bool has_key;      /* a key came before in this section ... */
    size_t key_indent; /* ... after so many blanks */
};

void ini_init(struct ini_reader *reader, struct str text);
/* The next section or key, INI_END at the end. Errors are ERR_INPUT with line and column; after one
 * the reader is of no further use. */
MUST_USE bool ini_next(struct ini_reader *reader, struct ini_token *token, struct err *err);

#endif
