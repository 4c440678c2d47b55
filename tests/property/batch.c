/* Rules on columns and rules on trees say the same of every row of random reports; a rule's kinds
 * of row are right; and what a verdict names as evidence is enough to come to it. */
#include <stdlib.h>
#include <string.h>

#include "audit/pack.h"
#include "rule/batch.h"
#include "rule/eval.h"
#include "source/report_decode.h"
#include "source/row_reader.h"
#include "support/property.h"
#include "support/report_random.h"
#include "support/rule_random.h"
#include "support/value_random.h"

enum { ARENA_MAX = 64 << 20, TEXT_MAX = 1 << 20, RULES = 4 };
#define ALL_COLUMNS ((1U << COLUMN_COUNT) - 1)

/* A report as text, as rows and as columns. */
struct table {
    struct report_header header;
    struct row_reader reader;
    struct user_batch batch;
    struct batch_names names;
    char *text;
};

static void no_bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    (void)shared;
    (void)line;
    (void)found;
    (void)expected;
    abort();
}

static void table_decode(struct table *table, enum simd_level level)
{
    struct report_decoder decoder;
    uint32_t unreadable = 0;

    report_decoder_init(&decoder, level);
    table->batch.table = &table->reader.table;
    table->batch.rows = table->reader.table.rows;
    table->batch.positions = table->header.positions;
    report_decode_missing(&table->batch, ALL_COLUMNS, table->header.missing);
    report_decode(&decoder, &table->batch, ALL_COLUMNS, &unreadable);
}

/* The first batch of the report. */
static void table_init(struct table *table, struct str report, enum simd_level level)
{
    struct str rows = report, line;
    struct err err = {0};

    *table = (struct table){0};
    (void)str_cut(&rows, '\n', &line);
    if (!report_header_read(&table->header, line, &err)) {
        abort();
    }
    table->text = mem_alloc(rows.n + CSV_PADDING);
    memcpy(table->text, rows.p, rows.n);
    row_reader_init(&table->reader, level);
    row_reader_begin(&table->reader, &table->header, table->text, rows.n);
    user_batch_init(&table->batch, ALL_COLUMNS);
    if (!row_reader_next(&table->reader, no_bad_row, NULL)) {
        abort();
    }
    table->names = (struct batch_names){table->header.names, table->header.column_count};
    table_decode(table, level);
}

static void table_release(struct table *table)
{
    row_reader_release(&table->reader);
    user_batch_release(&table->batch);
    report_header_release(&table->header);
    mem_free(table->text);
}

static bool has_bit(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

static enum verdict verdict_at(const struct verdict_bits *bits, size_t row)
{
    return has_bit(bits->fail, row)      ? VERDICT_FAIL
           : has_bit(bits->pass, row)    ? VERDICT_PASS
           : has_bit(bits->unknown, row) ? VERDICT_UNKNOWN
                                         : VERDICT_NOT_APPLICABLE;
}

/* What a case works with: one report, some rules in one plan. */
struct bench {
    struct property *property;
    struct arena arena;
    struct arena row_arena;
    struct buf text, report;
    struct rule_program programs[RULES];
    size_t rule_count;
    struct batch_plan plan;
    struct report_random shape;
    struct table table;
    enum simd_level level;
};

static void bench_init(struct bench *bench, struct property *property)
{
    struct random *random = &property->random;

    *bench = (struct bench){.property = property};
    arena_init(&bench->arena, ARENA_MAX);
    arena_init(&bench->row_arena, ARENA_MAX);
    buf_init(&bench->text, TEXT_MAX);
    if (buf_reserve(&bench->text, TEXT_MAX - 1) == NULL) {
        abort();
    }
    buf_init(&bench->report, 64 << 20);
    batch_plan_init(&bench->plan, &bench->arena);
    bench->level = (enum simd_level)random_below(random, (size_t)simd_level_detect() + 1);
    report_random_begin(&bench->shape, random);
    report_random_header(&bench->shape, &bench->report);
    for (size_t i = 1 + random_below(random, 150); i > 0; i--) {
        report_random_row(&bench->shape, &bench->report);
    }
    table_init(&bench->table, buf_text(&bench->report), bench->level);
}

static void bench_release(struct bench *bench)
{
    table_release(&bench->table);
    arena_release(&bench->arena);
    arena_release(&bench->row_arena);
    buf_release(&bench->text);
    buf_release(&bench->report);
}

static bool add_rules(struct bench *bench, size_t count)
{
    const struct schema_entity *user = schema_entity_find(STR("IAMUser"));
    struct rule_random rules = {.random = &bench->property->random,
                                .out = &bench->text,
                                .depth = 3,
                                .is_report_only = true,
                                .is_plain = true};
    struct err err = {0};

    for (size_t i = 0; i < count; i++) {
        size_t begin = bench->text.n;
        rule_random_rule(&rules, user);
        if (!rule_compile(&bench->arena, str_sub(buf_text(&bench->text), begin, bench->text.n),
                          rule_random_params, RULE_RANDOM_PARAM_COUNT, &bench->programs[i], &err) ||
            !batch_plan_add(&bench->plan, &bench->programs[i], &err)) {
            property_fail(bench->property, "%u: %s\n%.*s", err.col, err.text,
                          STR_ARG(str_sub(buf_text(&bench->text), begin, bench->text.n)));
            return false;
        }
        bench->rule_count++;
    }
    return true;
}

/* The row's cells, for a message. */
static void row_text(const struct bench *bench, size_t row, struct buf *out)
{
    for (size_t i = 0; i < bench->table.header.column_count; i++) {
        buf_str(out, bench->table.header.names[i]);
        buf_char(out, '=');
        buf_str(out, row_cell(bench->table.batch.table, row, i));
        buf_char(out, ' ');
    }
}

static void compare_row(struct bench *bench, const struct rule_program *program, size_t row,
                        enum verdict verdict)
{
    bool is_root = has_bit(bench->table.batch.is_root, row);
    bool is_judged = is_root ? program->judges_root : program->judges_users;
    struct eval_context context;
    struct value entity;

    eval_init(&context, VALUE_RANDOM_NOW);
    arena_reset(&bench->row_arena);
    if (!batch_row_entity(&bench->row_arena, &bench->table.batch, bench->table.names, row,
                          &entity)) {
        abort();
    }
    enum verdict expected = eval_rule(&context, program, &entity);
    if (verdict != expected || (!is_judged && verdict != VERDICT_NOT_APPLICABLE)) {
        struct buf cells;
        buf_init(&cells, TEXT_MAX);
        row_text(bench, row, &cells);
        property_fail(bench->property, "%s, %.*s as columns, %.*s as a tree\n%.*s\n%.*s",
                      is_judged ? "judged" : "a kind of row the rule does not judge",
                      STR_ARG(verdict_name(verdict)), STR_ARG(verdict_name(expected)),
                      STR_ARG(program->text), STR_ARG(buf_text(&cells)));
        buf_release(&cells);
    }
    eval_release(&context);
}

static void compare_all(struct bench *bench, const struct batch_plan *plan,
                        const struct rule_program *programs, size_t count)
{
    struct batch_state *state = batch_state_new(plan, bench->level);
    struct verdict_bits *bits = mem_alloc(sizeof *bits);

    batch_run(state, &bench->table.batch, bench->table.names, VALUE_RANDOM_NOW);
    for (uint32_t i = 0; i < count; i++) {
        batch_verdicts(state, i, bits);
        for (size_t row = 0; row < bench->table.batch.rows; row++) {
            compare_row(bench, &programs[i], row, verdict_at(bits, row));
        }
    }
    mem_free(bits);
    batch_state_free(state);
}

static void random_rules_agree(struct property *property)
{
    struct bench bench;

    bench_init(&bench, property);
    if (add_rules(&bench, RULES)) {
        compare_all(&bench, &bench.plan, bench.programs, bench.rule_count);
    }
    bench_release(&bench);
}

/* The built-in pack, compiled once. */
static const struct ruleset *pack(void)
{
    static struct ruleset rules;
    struct err err = {0};

    if (rules.count == 0) {
        ruleset_init(&rules);
        if (!ruleset_add_pack(&rules, STR("keywarden"), &err) || !ruleset_compile(&rules, &err)) {
            abort();
        }
    }
    return &rules;
}

static void pack_agrees(struct property *property)
{
    struct bench bench;

    bench_init(&bench, property);
    compare_all(&bench, &pack()->plan, pack()->programs, pack()->count);
    bench_release(&bench);
}

/* ---- evidence ------------------------------------------------------------------------------- */

/* A row of its own, of the same kind as `row` of the table. */
static void other_row(struct bench *bench, struct buf *out)
{
    const struct table *table = &bench->table;
    struct table other;

    report_random_header(&bench->shape, out);
    report_random_row(&bench->shape, out);
    table_init(&other, buf_text(out), bench->level);
    buf_clear(out);
    report_random_header(&bench->shape, out);
    for (size_t i = 0; i < other.header.column_count; i++) {
        bool is_user = str_eq(other.header.names[i], STR("user"));
        buf_str(out, i == 0 ? STR("") : STR(","));
        report_random_cell(out, row_cell(is_user ? table->batch.table : other.batch.table, 0, i));
    }
    buf_char(out, '\n');
    table_release(&other);
}

static enum verdict verdict_of_row(struct batch_state *state, const struct table *table)
{
    struct verdict_bits *bits = mem_alloc(sizeof *bits);
    enum verdict verdict = VERDICT_UNKNOWN;

    batch_run(state, &table->batch, table->names, VALUE_RANDOM_NOW);
    batch_verdicts(state, 0, bits);
    verdict = verdict_at(bits, 0);
    mem_free(bits);
    return verdict;
}

static void check_evidence(struct bench *bench, struct batch_state *state)
{
    const struct rule_program *program = &bench->programs[0];
    enum verdict verdict = verdict_of_row(state, &bench->table), other = verdict;
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    enum gap gap = GAP_NONE;
    size_t count = batch_evidence(state, 0, 0, evidence, &gap);
    struct buf text;

    if (verdict == VERDICT_UNKNOWN && (count == 0 || gap == GAP_NONE)) {
        buf_init(&text, TEXT_MAX);
        row_text(bench, 0, &text);
        property_fail(bench->property, "unknown, nobody says why\n%.*s\n%.*s",
                      STR_ARG(program->text), STR_ARG(buf_text(&text)));
        buf_release(&text);
    }
    for (int i = 0; i < 12 && count == 0; i++) {
        struct table table;
        buf_init(&text, TEXT_MAX);
        other_row(bench, &text);
        table_init(&table, buf_text(&text), bench->level);
        other = verdict_of_row(state, &table);
        if (other != verdict) {
            property_fail(bench->property, "%.*s without evidence, but %.*s for another row\n%.*s",
                          STR_ARG(verdict_name(verdict)), STR_ARG(verdict_name(other)),
                          STR_ARG(program->text));
        }
        table_release(&table);
        buf_release(&text);
    }
}

/* A verdict that names no column is the same whatever the columns hold, and one that is unknown
 * says what is missing. */
static void evidence_is_given(struct property *property)
{
    struct bench bench;

    bench_init(&bench, property);
    if (add_rules(&bench, 1)) {
        struct batch_state *state = batch_state_new(&bench.plan, bench.level);
        check_evidence(&bench, state);
        batch_state_free(state);
    }
    bench_release(&bench);
}

int main(void)
{
    struct property property = property_begin(2000);

    property_run(&property, "random rules agree as columns and as trees", 2, random_rules_agree);
    property_run(&property, "the pack agrees as columns and as trees", 10, pack_agrees);
    property_run(&property, "a verdict says what it rests on", 2, evidence_is_given);
    return property_end(&property);
}
