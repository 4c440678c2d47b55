/* known_controls.h: the controls there are, for those who only need to know their ids.
 *
 * Ownership: the ids live as long as the rulesets, which are held here.
 * Threads:   one.
 *
 * Example:   struct known_controls controls = {0};
 *            if (known_controls_load(&controls, args, &err)) { ... controls.ids ... }
 *            known_controls_release(&controls); */
#ifndef CLI_KNOWN_CONTROLS_H
#define CLI_KNOWN_CONTROLS_H

#include "audit/pack.h"
#include "cli/opt.h"
#include "model/control.h"

struct known_controls {
    struct ruleset *rulesets;
    size_t ruleset_count;
    struct str *names; /* what ids points to */
    struct str_list ids;
};

/* Those of the packs that --pack names, or of every built-in one; and of the files of --rules. */
MUST_USE bool known_controls_load(struct known_controls *controls, const struct args *args,
                                  struct err *err);
void known_controls_release(struct known_controls *controls);

#endif
