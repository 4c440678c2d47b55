/* names.h: names that look like those of real users, organizations, regions and services.
 *
 * User names have places 0 to NAME_COUNT - 1 and are in the order of AWS's reports, whatever the
 * style: who gives users growing places gets them sorted.
 *
 * Threads:   pure functions.
 *
 * Example:   at = name_user_write(at, NAME_DOT, 17, &is_service);   // "aisha.baker" */
#ifndef SIMULATE_NAMES_H
#define SIMULATE_NAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"

enum { NAME_FIRSTS = 121, NAME_LASTS = 64, NAME_COUNT = NAME_FIRSTS * NAME_LASTS };
enum { NAME_SIZE_MAX = 64 };
enum { ORGANIZATION_NAMES = 512 };

enum name_style { NAME_DOT, NAME_UNDERSCORE, NAME_DASH, NAME_MAIL, NAME_CAPITALS };
enum { NAME_STYLES = NAME_CAPITALS + 1 };

static inline char *name_put(char *to, struct str text)
{
    memcpy(to, text.p, text.n);
    return to + text.n;
}

/* At most NAME_SIZE_MAX bytes; returns the end. */
char *name_user_write(char *to, enum name_style style, uint64_t place, bool *is_service);
void name_organization_write(struct buf *out, uint64_t place);

struct str name_service(uint8_t number);
/* Some services have no region of their own: "N/A". */
struct str name_region(uint8_t service, uint8_t number);

#endif
