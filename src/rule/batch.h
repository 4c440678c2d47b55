/* batch.h: programs over columns: all rules of all packs on a thousand rows at once.
 *
 * Rules are lowered to one list of operations in which equal parts stand once. Truth is a pair of
 * bit sets (true, false; neither: unknown), so a connective costs a few instructions for 64 rows;
 * comparisons of times are the only work per row. The two slots of keys and certificates make
 * quantifiers plain and/or. What has no columnar form runs through eval, row by row.
 *
 * Ownership: a plan lives in its arena and borrows the programs; a state belongs to one worker.
 * Threads:   a plan is immutable after batch_plan_add; one state per thread.
 *
 * Example:   batch_plan_init(&plan, &arena);
 *            batch_plan_add(&plan, &program, &rule_index, &err);
 *            struct batch_state *state = batch_state_new(&plan, SIMD_AVX2);
 *            batch_run(state, &user_batch, as_of);
 *            batch_verdicts(state, rule_index) ... */
#ifndef RULE_BATCH_H
#define RULE_BATCH_H

#include "base/simd.h"
#include "model/finding.h"
#include "model/user_batch.h"
#include "rule/program.h"

enum batch_op_kind {
    BATCH_CONST,        /* truth */
    BATCH_NOT_KNOWN,    /* node: an attribute that no report tells */
    BATCH_ROOT,         /* the row is root */
    BATCH_FLAG,         /* column is true */
    BATCH_FLAG_IS,      /* column is unknown / not_supported */
    BATCH_SLOT_EXISTS,  /* column: `active` of a slot; something is in it */
    BATCH_TIME_GREATER, /* number a > now * now_factor + offset */
    BATCH_TIME_IS,      /* number a is ... */
    BATCH_TEXT,         /* node on the text of a cell */
    BATCH_TREE,         /* node, row by row */
    BATCH_AND,
    BATCH_OR,
    BATCH_NOT,
};

enum batch_number_kind { NUMBER_COLUMN, NUMBER_FIRST_TIME, NUMBER_DIFFERENCE, NUMBER_ABS };

/* Times or durations per row: BATCH_ROWS_MAX values with the sentinels of user_batch.h. */
struct batch_number {
    enum batch_number_kind kind;
    enum report_column column;
    uint32_t a, b;
};

struct batch_op {
    enum batch_op_kind kind;
    enum truth truth; /* CONST */
    enum report_column column;
    uint32_t a, b;     /* operands: operations, or the number for TIME_* */
    enum is_what what; /* *_IS; for TIME_IS also EXISTS */
    bool is_exists;
    bool is_never_none; /* TIME_IS: a key's N/A means never */
    enum truth never;   /* TIME_GREATER: what never and none answer */
    int64_t offset;
    int now_factor;
    const struct node *node;
    struct str open_name; /* TEXT on any column by name */
    enum report_binding text_binding;
};

struct batch_rule {
    const struct rule_program *program;
    uint32_t where, holds; /* operations */
    bool is_report_row;    /* else account-level: unknown until collected */
};

struct batch_plan {
    struct arena *arena;
    struct batch_op *ops;
    uint32_t op_count, op_capacity;
    struct batch_number *numbers;
    uint32_t number_count, number_capacity;
    struct batch_rule *rules;
    uint32_t rule_count, rule_capacity;
    uint32_t *op_table; /* hash table of ops, by content */
    uint32_t op_table_size;
    uint32_t columns; /* bit per column that must be decoded */
    bool has_tree;    /* some rule needs whole rows */
};

void batch_plan_init(struct batch_plan *plan, struct arena *arena);
/* Adds a rule; the program must outlive the plan. */
MUST_USE bool batch_plan_add(struct batch_plan *plan, const struct rule_program *program,
                             struct err *err);

struct batch_state;
/* What a row's text columns need besides the typed ones. */
struct batch_names {
    const struct str *names; /* of all columns of the file, in order */
    size_t count;
};

struct batch_state *batch_state_new(const struct batch_plan *plan, enum simd_level level);
void batch_state_free(struct batch_state *state);

/* Runs all rules on the batch. */
void batch_run(struct batch_state *state, const struct user_batch *batch, struct batch_names names,
               int64_t now);

/* The verdicts of one rule after batch_run: bits per row, zero behind the last row. */
struct verdict_bits {
    uint64_t fail[BATCH_WORDS], unknown[BATCH_WORDS], pass[BATCH_WORDS],
        not_applicable[BATCH_WORDS];
};
void batch_verdicts(const struct batch_state *state, uint32_t rule, struct verdict_bits *out);

/* What decided the verdict of `rule` on `row` of the batch last run: columns and their texts. Texts
 * live until the next batch_run. Returns the count, at most EVIDENCE_COUNT_MAX. */
size_t batch_evidence(struct batch_state *state, uint32_t rule, size_t row,
                      struct evidence *evidence, enum gap *gap);

/* One row as an entity for eval: values live in the arena. */
MUST_USE bool batch_row_entity(struct arena *arena, const struct user_batch *batch,
                               struct batch_names names, size_t row, struct value *out);

#endif
