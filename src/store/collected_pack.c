/* An account's report and answers into what the writer puts into the store as it is. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/internal_collected.h"

enum { FRAMES_SIZE_MAX = 512 << 20 };

struct collected_packer {
    struct states_reader *states;
    struct zstd *zstd;
};

struct collected_packer *collected_packer_new(void)
{
    struct collected_packer *packer = mem_alloc(sizeof *packer);

    packer->states = states_reader_new();
    packer->zstd = zstd_new();
    return packer;
}

void collected_packer_free(struct collected_packer *packer)
{
    if (packer != NULL) {
        states_reader_free(packer->states);
        zstd_free(packer->zstd);
        mem_free(packer);
    }
}

void collected_packed_free(struct collected_packed *packed)
{
    if (packed != NULL) {
        snapshot_draft_release(&packed->draft);
        buf_release(&packed->answers.frames);
        arena_release(&packed->arena);
        mem_free(packed);
    }
}

static bool fill_answer(struct packed_answers *packed, struct arena *arena, struct zstd *zstd,
                        const struct answer *answer)
{
    struct packed_answer *item = &packed->items[packed->count++];

    *item = (struct packed_answer){.answer = {.page = answer->page, .outcome = answer->outcome},
                                   .size = answer->body.n,
                                   .frame_at = packed->frames.n};
    zstd_compress(zstd, answer->body, &packed->frames);
    item->frame_n = packed->frames.n - item->frame_at;
    return !packed->frames.overflowed &&
           state_text_clean(arena, answer->action, &item->answer.action) &&
           state_text_clean(arena, answer->region, &item->answer.region) &&
           state_text_clean(arena, answer->subject, &item->answer.subject) &&
           state_text_clean(arena, answer->code, &item->answer.code);
}

bool packed_answers_fill(struct packed_answers *packed, struct arena *arena, struct zstd *zstd,
                         const struct answer *answers, size_t count, struct err *err)
{
    bool ok = true;

    buf_init(&packed->frames, FRAMES_SIZE_MAX);
    packed->count = 0;
    packed->items = arena_array(arena, count, sizeof *packed->items);
    ok = packed->items != NULL;
    for (size_t i = 0; ok && i < count; i++) {
        ok = fill_answer(packed, arena, zstd, &answers[i]);
    }
    return ok || err_set(err, ERR_INPUT, "what was answered is too large to keep");
}

static bool copy_facts(struct collected_packed *packed, const struct collected_snapshot *snapshot)
{
    struct snapshot_draft *draft = &packed->draft;

    draft->taken_at = snapshot->taken_at;
    draft->taken_from = STR("collection");
    draft->has_generated_at = snapshot->has_generated_at;
    draft->generated_at = snapshot->generated_at;
    draft->standing = snapshot->standing;
    for (size_t i = 0; i < ACCOUNT_COUNTS; i++) {
        draft->counts[i] = snapshot->counts[i] >= 0 ? snapshot->counts[i] : PACKED_COUNT_UNKNOWN;
    }
    return arena_str(&packed->arena, snapshot->source.n > 0 ? snapshot->source : STR("collected"),
                     &draft->source) &&
           state_text_clean(&packed->arena, snapshot->organization, &draft->organization) &&
           state_text_clean(&packed->arena, snapshot->unit, &draft->unit);
}

static bool pack_report(struct collected_packer *packer, struct collected_packed *packed,
                        const struct collected_snapshot *snapshot, struct str account,
                        struct err *err)
{
    struct snapshot_draft *draft = &packed->draft;

    if (snapshot->report.n > STATES_REPORT_SIZE_MAX) {
        return err_set(err, ERR_INPUT, "the credential report is larger than %d MiB",
                       STATES_REPORT_SIZE_MAX >> 20);
    }
    if (!states_read(packer->states, snapshot->report, account, &packed->arena, &draft->states,
                     err)) {
        return false;
    }
    if (draft->states.account != snapshot->account) {
        return err_set(err, ERR_INPUT, "the credential report is of account %012" PRIu64,
                       draft->states.account);
    }
    return snapshot_draft_pack(draft, packer->zstd, snapshot->report, err);
}

bool collected_pack(struct collected_packer *packer, const struct collected_snapshot *snapshot,
                    struct collected_packed **out, struct err *err)
{
    struct collected_packed *packed = mem_alloc(sizeof *packed);
    char text[16];
    bool ok = false;

    (void)snprintf(text, sizeof text, "%012" PRIu64, snapshot->account);
    arena_init(&packed->arena, STATES_ARENA_SIZE_MAX);
    snapshot_draft_init(&packed->draft);
    buf_init(&packed->answers.frames, FRAMES_SIZE_MAX);
    ok = pack_report(packer, packed, snapshot, str_from(text), err) &&
         (copy_facts(packed, snapshot) ||
          err_set(err, ERR_INPUT, "what is known of this account is too large")) &&
         packed_answers_fill(&packed->answers, &packed->arena, packer->zstd, snapshot->answers,
                             snapshot->answer_count, err) &&
         inventory_read(&packed->arena, str_from(text), snapshot->answers, snapshot->answer_count,
                        &packed->inventory, err);
    if (!ok) {
        collected_packed_free(packed);
        return false;
    }
    *out = packed;
    return true;
}
