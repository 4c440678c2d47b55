/* Tokens stand where they say, in order, without blanks at their ends; what is printed of them
 * reads back the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "codec/ini.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_place(struct str text, const struct ini_token *token)
{
    struct str rest = str_starts(text, STR("\xef\xbb\xbf")) ? str_sub(text, 3, text.n) : text;
    struct str line = {0};

    for (uint32_t i = 0; i < token->line; i++) {
        (void)str_cut(&rest, '\n', &line);
    }
    check(str_starts(str_sub(line, token->col - 1, line.n), token->name));
    check(token->name.p == line.p + token->col - 1);
    check(token->name.n > 0 && str_eq(str_trim(token->name), token->name));
    check(str_eq(str_trim(token->value), token->value));
    if (token->kind == INI_KEY) {
        check(str_find(token->name, '=') == token->name.n);
        check(token->value.p >= token->name.p + token->name.n &&
              token->value.p + token->value.n <= line.p + line.n);
    } else {
        check(token->value.n == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct ini_reader reader, again;
    struct ini_token token, copy;
    struct err err = {0};
    struct buf printed;
    uint32_t line = 0;
    bool ok = true;

    if (size > 4096) {
        return 0; /* checking a place takes a pass over the text */
    }
    buf_init(&printed, 1 << 16);
    buf_char(&printed, '\n'); /* a name may begin with what is a mark at the start of a file */
    ini_init(&reader, text);
    while ((ok = ini_next(&reader, &token, &err)) && token.kind != INI_END) {
        check(token.line > line);
        line = token.line;
        check_place(text, &token);
        buf_str(&printed, token.kind == INI_SECTION ? STR("[") : token.name);
        buf_str(&printed, token.kind == INI_SECTION ? token.name : STR(" = "));
        buf_str(&printed, token.kind == INI_SECTION ? STR("]") : token.value);
        buf_char(&printed, '\n');
    }
    check(ok ? err.kind == ERR_NONE : err.kind == ERR_INPUT && err.line > line && err.col > 0);
    ini_init(&reader, text);
    ini_init(&again, buf_text(&printed));
    while (ini_next(&reader, &token, &err) && token.kind != INI_END) {
        struct err none = {0};
        check(ini_next(&again, &copy, &none) && copy.kind == token.kind);
        check(str_eq(copy.name, token.name) && str_eq(copy.value, token.value));
    }
    buf_release(&printed);
    return 0;
}
