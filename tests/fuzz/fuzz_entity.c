/* Any bytes as the JSON of an entity: they are refused with a reason, or every rule answers. The
 * first byte chooses the kind of entity. */
#include <stdint.h>
#include <stdlib.h>

#include "audit/pack.h"
#include "rule/eval.h"
#include "rule/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 32 << 20, OUT_MAX = 16 << 20 };
#define AS_OF INT64_C(1793491200) /* 2026-11-01 */

/* Rules for the entities that the pack says nothing about, with something of every kind of value.
 * */
static const struct str more_rules = STR_LIT(
    "AWS should have atleast one CloudTrails with [ MultiRegionTrailEnabled and LogGroup ."
    " MetricFilters with [ FilterPattern like \"(a|b)*c\" and Transformations exists ] ]\n"
    "AWS where AccountId in (\"1\", \"2\") should not have IAMUsers with [ not MFAActive and"
    " ..IAMPasswordPolicy.MinimumPasswordLength lt 14 ]\n"
    "AWS should have RDSEventSubscriptions with [ EventCategoriesList has (\"failure\") ]\n"
    "AWS should have every IAMRoles with [ Tags len() gt 1 ] or IAMGroups len() eq 0\n"
    "IAMRole should not have AssumeRolePolicy.Statement with [ Principal.AWS has (\"*\") and"
    " Action with [ value like \"^sts:\" ] and Effect neq \"Deny\" ]\n"
    "IAMRole should have exactly 2 Policies.Inline with [ id is never or id is unknown ]\n"
    "IAMRole should not have InstanceProfile with [ InstanceCount + 1 gt 3 or"
    " InstanceCount divisibleby(2) ] or CreationDate isEarlierThan(-90, \"days\")\n"
    "IAMRole where Name isPrivate() or Name numhosts() gt 2 should have Name like \"x$\"\n");

static struct ruleset rules;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void load_rules(void)
{
    struct err err = {0};

    ruleset_init(&rules);
    check(ruleset_add_pack(&rules, STR("keywarden"), &err));
    check(ruleset_add_text(&rules, STR("more.txt"), more_rules, &err));
    check(ruleset_compile(&rules, &err));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str names[] = {STR_LIT("IAMUser"), STR_LIT("IAMRole"), STR_LIT("AWS")};
    struct str json = {(const char *)data, size};
    const struct schema_entity *entity = NULL;
    struct arena arena;
    struct value value;
    struct err err = {0};

    if (size == 0) {
        return 0;
    }
    if (rules.count == 0) {
        load_rules();
    }
    entity = schema_entity_find(names[data[0] % 3]);
    arena_init(&arena, ARENA_MAX);
    if (value_from_json(&arena, str_sub(json, 1, json.n), entity, &value, &err)) {
        struct eval_context context;
        eval_init(&context, AS_OF);
        for (size_t i = 0; i < rules.count; i++) {
            if (rules.programs[i].entity == entity) {
                struct buf out;
                check(eval_rule(&context, &rules.programs[i], &value) <= VERDICT_UNKNOWN);
                buf_init(&out, OUT_MAX);
                explain_entity(&out, &rules.programs[i], &value, AS_OF);
                buf_release(&out);
            }
        }
        eval_release(&context);
    } else {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
    }
    arena_release(&arena);
    return 0;
}
