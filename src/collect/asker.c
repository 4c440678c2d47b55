#include "collect/asker.h"

#include <stdio.h>

enum { ARENA_SIZE_MAX = 256 << 20 };

void asker_init(struct asker *asker)
{
    *asker = (struct asker){0};
    arena_init(&asker->arena, ARENA_SIZE_MAX);
}

void asker_release(struct asker *asker)
{
    answers_release(&asker->answers);
    mem_free(asker->warnings);
    arena_release(&asker->arena);
    *asker = (struct asker){0};
}

void asker_warn(struct asker *asker, const char *action, const struct aws_failure *failure,
                const struct err *err)
{
    struct collect_warning *warning = NULL;

    if (asker->warning_count == asker->warning_capacity) {
        asker->warning_capacity = asker->warning_capacity == 0 ? 4 : asker->warning_capacity * 2;
        asker->warnings =
            mem_resize(asker->warnings, asker->warning_capacity * sizeof *asker->warnings);
    }
    warning = &asker->warnings[asker->warning_count++];
    *warning = (struct collect_warning){.action = action,
                                        .is_denied = failure->class == AWS_SKIP_DENIED &&
                                                     failure->code[0] != '\0',
                                        .err = *err};
    (void)snprintf(warning->code, sizeof warning->code, "%.63s", failure->code);
}

bool asker_ask(struct asker *asker, struct ask *ask, enum call_id id, enum ask_end *end,
               struct err *err)
{
    struct aws_failure failure;
    struct err why = {0};
    enum ask_end got = ASK_GIVEN;

    ask->call = call_at(id);
    got = answers_ask(&asker->answers, ask, &failure, &why);
    if (got == ASK_STOPPED) {
        *err = why;
        return false;
    }
    if (got == ASK_DENIED || got == ASK_FAILED) {
        asker_warn(asker, ask->call->action, &failure, &why);
    }
    if (end != NULL) {
        *end = got;
    }
    return true;
}

/* ---- Names ---------------------------------------------------------------------------------- */

void gathered_release(struct gathered *names)
{
    mem_free(names->items);
    *names = (struct gathered){0};
}

bool gathered_have(const struct gathered *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (str_eq(names->items[i], name)) {
            return true;
        }
    }
    return false;
}

bool gathered_add(struct gathered *names, struct arena *arena, struct str name)
{
    struct str copy = {0};

    if (gathered_have(names, name)) {
        return true;
    }
    if (!arena_str(arena, name, &copy)) {
        return false;
    }
    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 16 : names->capacity * 2;
        names->items = mem_resize(names->items, names->capacity * sizeof *names->items);
    }
    names->items[names->count++] = copy;
    return true;
}

bool gather_page(void *context, const struct tree *result, struct err *err)
{
    const struct gather *gather = context;

    for (const struct tree *element = tree_first(result, gather->list); element != NULL;
         element = element->next) {
        struct str name = tree_text(element, gather->field);
        if (name.n == 0 || (gather->takes != NULL && !gather->takes(element))) {
            continue;
        }
        if (!gathered_add(gather->to, &gather->asker->arena, name)) {
            return err_set(err, ERR_REMOTE, "too many %s to remember", gather->list);
        }
    }
    return true;
}
