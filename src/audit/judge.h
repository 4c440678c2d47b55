/* judge.h: one worker's part: a task's rows through the rules, to bytes, counts and samples.
 *
 * Ownership: a judge owns its buffers; a verdict borrows the task's text until it is merged.
 * Threads:   one worker per judge.
 *
 * Example:   judge_piece(judge, verdict, 0, &posture, sampled); */
#ifndef AUDIT_JUDGE_H
#define AUDIT_JUDGE_H

#include "audit/feed.h"

/* A user's row, for finding duplicates when results are merged. */
struct row_name {
    uint64_t hash;
    uint32_t line;      /* from 0, within the piece */
    uint32_t offset, n; /* of the name in the task's text */
};

enum { PIECE_ERRORS_MAX = 64 };

/* What one piece came to. */
struct piece_verdict {
    size_t out_begin, out_end;   /* its findings in `out` */
    size_t name_begin, name_end; /* its rows in `names` */
    size_t error_begin, error_end;
    uint64_t error_count; /* all of them, the first PIECE_ERRORS_MAX are kept */
    uint32_t lines;
    uint64_t rows, roots, late_dates, lost_rows;
};

struct verdict {
    struct task task;
    struct piece_verdict pieces[TASK_PIECES_MAX];
    struct buf out;
    /* Called when `out` holds more than out_kept_max bytes, in the midst of a piece: takes them. */
    void (*hand_on)(void *shared, size_t piece);
    void *shared;
    size_t out_kept_max;
    size_t merged_count; /* pieces that were merged before the rest of the task */
    struct row_name *names;
    size_t name_count, name_capacity;
    struct err *errors; /* lines from 1, within the piece */
    size_t error_count, error_capacity;
    /* Per control: counts, and the findings to sample. */
    uint64_t (*counts)[STATUS_COUNT];
    uint64_t *unknown_input;
    struct class_tally *small, *large; /* of these counts; NULL without --accounts */
    struct finding *samples;
    uint32_t *sample_controls;
    size_t sample_count, sample_capacity;
    struct tiers tiers; /* of count 0 when nobody asked */
    struct arena arena; /* evidence of the samples */
    bool is_done;
};

struct judge;

struct judge *judge_new(const struct audit_config *config, uint64_t hash_seed);
void judge_free(struct judge *judge);

void verdict_init(struct verdict *verdict, const struct audit_config *config);
void verdict_release(struct verdict *verdict);

/* Forgets what the verdict holds; its task stays. */
void verdict_reset(struct verdict *verdict, size_t control_count);

/* Before the first piece of a task, and after files were let go. */
void judge_begin(struct judge *judge);
/* Judges one piece of the verdict's task, behind those before it. `sampled` says for each control
 * and status how many samples there are already. */
void judge_piece(struct judge *judge, struct verdict *verdict, size_t index,
                 const struct posture *posture, const size_t (*sampled)[STATUS_COUNT]);

#endif
