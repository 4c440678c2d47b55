#include "base/err.h"

#include <stdio.h>
#include <string.h>

/* Error texts quote input: no byte of it may steer a terminal or break a log line. */
static void text_disarm(char *z)
{
    for (; *z != '\0'; z++) {
        unsigned char c = (unsigned char)*z;
        if (c < 0x20 || c == 0x7f) {
            *z = '?';
        }
    }
}

PRINTF(3, 0)
static void err_vset(struct err *err, enum err_kind kind, const char *format, va_list args)
{
    err->kind = kind;
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    text_disarm(err->text);
}

bool err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
    va_list args;

    if (err->kind != ERR_NONE) {
        return false;
    }
    va_start(args, format);
    err_vset(err, kind, format, args);
    va_end(args);
    return false;
}

bool err_set_errno(struct err *err, enum err_kind kind, int error_number, const char *format, ...)
{
    va_list args;
    size_t used = 0;

    if (err->kind != ERR_NONE) {
        return false;
    }
    va_start(args, format);
    err_vset(err, kind, format, args);
    va_end(args);
    used = strlen(err->text);
    (void)snprintf(err->text + used, sizeof err->text - used, ": %s", strerror(error_number));
    return false;
}

void err_hint(struct err *err, const char *format, ...)
{
    va_list args;

    if (err->hint[0] != '\0') {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    text_disarm(err->hint);
}

void err_place(struct err *err, struct str place, uint64_t line, uint64_t col)
{
    if (err->place[0] == '\0' && place.n > 0) {
        (void)snprintf(err->place, sizeof err->place, "%.*s", STR_ARG(place));
        text_disarm(err->place);
    }
    if (err->line == 0 && line != 0) {
        err->line = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line;
        err->col = col > UINT32_MAX ? UINT32_MAX : (uint32_t)col;
    }
}

void err_format(const struct err *err, char *out, size_t out_size)
{
    char at[32] = "";

    if (err->line != 0 && err->col != 0) {
        (void)snprintf(at, sizeof at, ":%u:%u", err->line, err->col);
    } else if (err->line != 0) {
        (void)snprintf(at, sizeof at, ":%u", err->line);
    }
    if (err->place[0] != '\0') {
        (void)snprintf(out, out_size, "%s%s: %s", err->place, at, err->text);
    } else if (at[0] != '\0') {
        (void)snprintf(out, out_size, "line %s: %s", at + 1, err->text);
    } else {
        (void)snprintf(out, out_size, "%s", err->text);
    }
}
