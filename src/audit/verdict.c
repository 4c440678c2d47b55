/* What a task came to, as its judge fills it and the merger reads it. */
#include <string.h>

#include "audit/judge.h"

enum { OUT_SIZE_MAX = 256 << 20, ARENA_SIZE_MAX = 32 << 20, PATHS_SIZE_MAX = 1 << 20 };

void verdict_init(struct verdict *verdict, const struct audit_config *config)
{
    size_t control_count = config->rules->count;

    *verdict = (struct verdict){0};
    verdict->task.text = mem_alloc(TASK_TEXT_SIZE);
    buf_init(&verdict->task.path_text, PATHS_SIZE_MAX);
    buf_init(&verdict->out, OUT_SIZE_MAX);
    verdict->counts = mem_array(control_count, sizeof *verdict->counts);
    verdict->unknown_input = mem_array(control_count, sizeof *verdict->unknown_input);
    if (config->tiers != NULL) {
        verdict->tiers = *config->tiers;
    }
    if (config->accounts != NULL) {
        verdict->small = mem_array(control_count, sizeof *verdict->small);
        verdict->large = mem_array(control_count, sizeof *verdict->large);
    }
    arena_init(&verdict->arena, ARENA_SIZE_MAX);
}

void verdict_release(struct verdict *verdict)
{
    mem_free(verdict->task.text);
    buf_release(&verdict->task.path_text);
    buf_release(&verdict->out);
    mem_free(verdict->names);
    mem_free(verdict->errors);
    mem_free(verdict->counts);
    mem_free(verdict->unknown_input);
    mem_free(verdict->small);
    mem_free(verdict->large);
    mem_free(verdict->samples);
    mem_free(verdict->sample_controls);
    arena_release(&verdict->arena);
    *verdict = (struct verdict){0};
}

void verdict_reset(struct verdict *verdict, size_t control_count)
{
    buf_clear(&verdict->out);
    verdict->merged_count = 0;
    verdict->name_count = 0;
    verdict->error_count = 0;
    verdict->sample_count = 0;
    memset(verdict->counts, 0, control_count * sizeof *verdict->counts);
    memset(verdict->unknown_input, 0, control_count * sizeof *verdict->unknown_input);
    if (verdict->small != NULL) {
        memset(verdict->small, 0, control_count * sizeof *verdict->small);
        memset(verdict->large, 0, control_count * sizeof *verdict->large);
    }
    if (verdict->tiers.count > 0) {
        tiers_clear(&verdict->tiers);
    }
    arena_reset(&verdict->arena);
}
