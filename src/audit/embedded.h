/* embedded.h: the rule files that are built into the program: the packs of rules/, what other tools
 * ask, of rules/compare/, and the packs of Sigma rules.
 *
 * The arrays are generated at build time from the .yaml files there, and the .yml files of Sigma,
 * sorted by name; an entry with an empty name ends each.
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
    struct str name; /* the file's name without its ending */
    struct str text; /* the file, byte for byte */
};

extern const struct embedded_pack embedded_packs[], embedded_peers[], embedded_sigma[];

#endif
