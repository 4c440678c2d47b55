#include "cli/known_controls.h"

#include "audit/embedded.h"
#include "base/arena.h"
#include "cli/rules.h"

void known_controls_release(struct known_controls *controls)
{
    for (size_t i = 0; i < controls->ruleset_count; i++) {
        ruleset_release(&controls->rulesets[i]);
    }
    mem_free(controls->rulesets);
    mem_free(controls->names);
    *controls = (struct known_controls){0};
}

/* Packs may share ids, which one ruleset does not allow: each has its own. */
static struct ruleset *ruleset_next(struct known_controls *controls)
{
    struct ruleset *rules = &controls->rulesets[controls->ruleset_count++];

    ruleset_init(rules);
    return rules;
}

static bool load_rulesets(struct known_controls *controls, const struct args *args, struct err *err)
{
    struct str value;

    for (size_t i = 0; args_nth(args, "pack", i, &value); i++) {
        if (!ruleset_add_pack(ruleset_next(controls), value, err)) {
            return false;
        }
    }
    for (const struct embedded_pack *pack = embedded_packs;
         pack->name.n > 0 && !args_has(args, "pack"); pack++) {
        if (!ruleset_add_pack(ruleset_next(controls), pack->name, err)) {
            return false;
        }
    }
    for (size_t i = 0; args_nth(args, "rules", i, &value); i++) {
        if (!rules_add_file(ruleset_next(controls), value, err)) {
            return false;
        }
    }
    return true;
}

bool known_controls_load(struct known_controls *controls, const struct args *args, struct err *err)
{
    size_t count = args->value_count, at = 0;

    for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
        count++;
    }
    *controls = (struct known_controls){0};
    controls->rulesets = mem_array(count, sizeof *controls->rulesets);
    if (!load_rulesets(controls, args, err)) {
        return false;
    }
    count = 0;
    for (size_t i = 0; i < controls->ruleset_count; i++) {
        count += controls->rulesets[i].count;
    }
    controls->names = mem_array(count, sizeof *controls->names);
    for (size_t i = 0; i < controls->ruleset_count; i++) {
        for (size_t k = 0; k < controls->rulesets[i].count; k++) {
            controls->names[at++] = controls->rulesets[i].controls[k].id;
        }
    }
    controls->ids = (struct str_list){controls->names, count};
    return true;
}
