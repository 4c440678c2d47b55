#include "audit/account_rule.h"

#include "audit/entity_evidence.h"
#include "base/buf.h"

/* Entities that are told of in one answer; how many more there are is said. */
enum { SHOWN_MAX = 6, TEXTS_SIZE_MAX = 4 << 20 };

struct account_judge {
    struct eval_context context;
    struct arena texts;
};

struct account_judge *account_judge_new(void)
{
    struct account_judge *judge = mem_alloc(sizeof *judge);

    eval_init(&judge->context, 0);
    arena_init(&judge->texts, TEXTS_SIZE_MAX);
    return judge;
}

void account_judge_free(struct account_judge *judge)
{
    if (judge != NULL) {
        eval_release(&judge->context);
        arena_release(&judge->texts);
        mem_free(judge);
    }
}

static enum status status_of(const uint64_t *counts, bool is_complete)
{
    return counts[VERDICT_FAIL] > 0                      ? STATUS_FAIL
           : counts[VERDICT_UNKNOWN] > 0 || !is_complete ? STATUS_UNKNOWN
           : counts[VERDICT_PASS] > 0                    ? STATUS_PASS
                                                         : STATUS_NOT_APPLICABLE;
}

static enum verdict verdict_of(enum status status)
{
    switch (status) {
    case STATUS_FAIL:
        return VERDICT_FAIL;
    case STATUS_UNKNOWN:
        return VERDICT_UNKNOWN;
    case STATUS_NOT_APPLICABLE:
        return VERDICT_NOT_APPLICABLE;
    case STATUS_PASS:
    case STATUS_EXCEPTED:
        break;
    }
    return VERDICT_PASS;
}

/* Those whose verdict is the answer. */
static void show(struct account_judge *judge, struct entity_evidence *all,
                 const struct rule_program *program, const struct named_entity *entities,
                 size_t count, enum verdict wanted, uint64_t wanted_count)
{
    char text[64];
    struct buf more = {.p = text, .capacity = sizeof text, .size_max = sizeof text};
    uint64_t shown = 0;

    for (size_t i = 0; i < count && shown < SHOWN_MAX; i++) {
        if (eval_rule(&judge->context, program, &entities[i].value) != wanted) {
            continue;
        }
        if (entities[i].name.n > 0) {
            entity_evidence_add(all, program->entity->name, entities[i].name, GAP_NONE);
        }
        entity_evidence_gather(all, program, &entities[i].value);
        shown++;
    }
    if (shown < wanted_count) {
        buf_printf(&more, "%llu more", (unsigned long long)(wanted_count - shown));
        entity_evidence_add(all, program->entity->name, entity_evidence_keep(all, &more), GAP_NONE);
    }
}

static void show_incomplete(struct entity_evidence *all, const struct rule_program *program)
{
    char text[1024];
    struct buf why = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    entity_set_why_kind(all->set, program, &why);
    entity_evidence_add(all, program->entity->name, entity_evidence_keep(all, &why),
                        GAP_NOT_COLLECTED);
}

void account_rule_answer(struct account_judge *judge, const struct entity_set *set,
                         const struct rule_program *program, int64_t as_of,
                         struct account_answer *out)
{
    bool is_complete = false;
    size_t count = 0;
    const struct named_entity *entities =
        entity_set_kind(set, program->entity, &count, &is_complete);
    uint64_t counts[VERDICT_UNKNOWN + 1] = {0};
    struct entity_evidence all = {
        .context = &judge->context, .arena = &judge->texts, .set = set, .items = out->evidence};

    arena_reset(&judge->texts);
    judge->context.now = as_of;
    for (size_t i = 0; i < count; i++) {
        counts[eval_rule(&judge->context, program, &entities[i].value)]++;
    }
    out->status = status_of(counts, is_complete);
    enum verdict wanted = verdict_of(out->status);
    show(judge, &all, program, entities, count, wanted, counts[wanted]);
    if (out->status == STATUS_UNKNOWN && !is_complete) {
        show_incomplete(&all, program);
    }
    out->evidence_count = all.count;
    out->gap = out->status == STATUS_UNKNOWN ? all.gap : GAP_NONE;
}
