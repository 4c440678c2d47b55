/* embedded.h: the rule packs that are built into the program, as the YAML text of rules/.
 *
 * The array is generated at build time from the .yaml files of rules/, sorted by name; an entry
 * with an empty name ends it.
 *
 * Ownership: static, never freed.
 * Threads:   immutable.
 *
 * Example:   for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
 *                if (str_eq(pack->name, STR("keywarden"))) { ... pack->text ... }
 *            } */
#ifndef AUDIT_EMBEDDED_H
#define AUDIT_EMBEDDED_H

#include "base/str.h"

struct embedded_pack {
    struct str name; /* the file's name without .yaml */
    struct str text; /* the file, byte for byte */
};

extern const struct embedded_pack embedded_packs[];

#endif
