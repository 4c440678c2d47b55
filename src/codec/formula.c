#include "codec/formula.h"

static bool is_sign(char c)
{
    return c == '=' || c == '+' || c == '-' || c == '@';
}

/* The full-width forms of the four signs: U+FF1D, U+FF0B, U+FF0D, U+FF20. */
static bool begins_wide_sign(struct str text)
{
    return str_starts(text, STR("\xEF\xBC\x9D")) || str_starts(text, STR("\xEF\xBC\x8B")) ||
           str_starts(text, STR("\xEF\xBC\x8D")) || str_starts(text, STR("\xEF\xBC\xA0"));
}

/* Control characters count as blanks: programs differ in what they drop. */
static bool is_passed_over(char c)
{
    return (unsigned char)c <= ' ' || c == '"' || c == '\'';
}

bool formula_is(struct str cell)
{
    struct str rest = cell;

    if (cell.n > 0 && (cell.p[0] == '\t' || cell.p[0] == '\r' || cell.p[0] == '\n')) {
        return true;
    }
    while (rest.n > 0 && is_passed_over(rest.p[0])) {
        rest = str_sub(rest, 1, rest.n);
    }
    return rest.n > 0 && (is_sign(rest.p[0]) || begins_wide_sign(rest));
}

struct str formula_unguard(struct str cell)
{
    while (cell.n > 1 && cell.p[0] == '\'' && formula_is(str_sub(cell, 1, cell.n))) {
        cell = str_sub(cell, 1, cell.n);
    }
    return cell;
}
