/* manual.h: the manual pages as plain text, 80 columns wide, built into the program.
 *
 * The array is generated at build time from the pages of man/ by tools/manual.py, sorted by name;
 * an entry with an empty name ends it.
 *
 * Ownership: static, never freed.
 * Threads:   immutable.
 *
 * Example:   for (const struct manual_page *page = manual_pages; page->name.n > 0; page++) {
 *                if (str_eq(page->name, STR("keywarden-audit"))) { ... page->text ... }
 *            } */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "base/str.h"

struct manual_page {
    struct str name; /* as in man/, without its section: "keywarden-audit" */
    struct str text;
};

extern const struct manual_page manual_pages[];

#endif
