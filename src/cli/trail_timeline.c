#include "cli/trail_timeline.h"

#include "os/file.h"

enum { PROGRAM_SIZE_MAX = 1 << 20 };

bool trail_timeline_open(struct trail_timeline *timeline, const struct args *args,
                         struct trail_scan_config *config, size_t memory_max, struct err *err)
{
    size_t count = config->rule_count;

    if (!args_has(args, "timeline")) {
        return true;
    }
    timeline->path = args_value(args, "timeline", STR(""));
    arena_init(&timeline->arena, PROGRAM_SIZE_MAX);
    if (!root_timeline_program(&timeline->arena, &timeline->program, err)) {
        return false;
    }
    timeline->rules = mem_array(count + 1, sizeof *timeline->rules);
    for (size_t i = 0; i < count; i++) {
        timeline->rules[i] = config->rules[i];
    }
    timeline->rules[count] = (struct trail_rule){.id = STR("timeline"),
                                                 .title = STR("use of the root user"),
                                                 .is_silent = true,
                                                 .program = &timeline->program};
    timeline->index = (uint32_t)count;
    timeline->events = root_timeline_new(memory_max);
    config->rules = timeline->rules;
    config->rule_count = count + 1;
    return true;
}

/* Numbers of rules ascend, so that ours is the last. */
static bool drop_last(const uint32_t *rules, size_t *count, uint32_t index)
{
    if (*count == 0 || rules[*count - 1] != index) {
        return false;
    }
    (*count)--;
    return true;
}

bool trail_timeline_take(struct trail_timeline *timeline, const struct trail_match *match,
                         struct trail_match *rest, struct err *err)
{
    *rest = *match;
    if (timeline->events == NULL) {
        return true;
    }
    (void)drop_last(rest->unknown_rules, &rest->unknown_count, timeline->index);
    return !drop_last(rest->rules, &rest->rule_count, timeline->index) ||
           root_timeline_add(timeline->events, match->event, err);
}

static bool write_bytes(void *shared, struct str bytes, struct err *err)
{
    return file_out_write(shared, bytes, err);
}

bool trail_timeline_write(struct trail_timeline *timeline, struct err *err)
{
    struct file_out out = {0};
    bool ok = true;

    if (timeline->events == NULL) {
        return true;
    }
    ok = file_out_open(&out, timeline->path, err) &&
         root_timeline_write(timeline->events, write_bytes, &out, err) &&
         file_out_commit(&out, err);
    file_out_abandon(&out);
    return ok;
}

void trail_timeline_close(struct trail_timeline *timeline)
{
    root_timeline_free(timeline->events);
    mem_free(timeline->rules);
    arena_release(&timeline->arena);
    *timeline = (struct trail_timeline){0};
}
