/* A rule that parses is printed and read back as the same tree, and printing is a fixed point; a
 * rule
 * that checks says the same of each row of a report as columns and as a tree, with every set of
 * instructions, and survives entities of every kind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "rule/ast.h"
#include "rule/eval.h"
#include "rule/explain.h"
#include "source/report_decode.h"
#include "source/row_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ARENA_MAX = 8 << 20, TEXT_MAX = 16 << 20, HEAVY_HEIGHT = 60, HEAVY_FRAMES = 9 };
#define AS_OF INT64_C(1793491200) /* 2026-11-01 */
#define ALL_COLUMNS ((1U << COLUMN_COUNT) - 1)

static const struct control_param params[] = {
    {STR_LIT("days"), 90}, {STR_LIT("n"), 0}, {STR_LIT("least"), INT64_MIN}};

/* Rows of every kind: root and users, keys in each state, words where dates belong. The second
 * report lacks columns, one that it shares with the first stands elsewhere. */
static const struct str reports[] = {
    STR_LIT(
        "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
        "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
        "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
        "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
        "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
        "cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info\n"
        "<root_account>,arn:aws:iam::123456789012:root,2020-01-01T00:00:00Z,not_supported,"
        "2026-10-31T23:59:59Z,not_supported,not_supported,false,true,2026-08-03T00:00:00Z,"
        "no_information,N/A,N/A,false,N/A,N/A,N/A,N/A,true,2020-01-01T00:00:00Z,false,N/A,\n"
        "ann,arn:aws:iam::123456789012:user/a/b/ann,2026-10-31T00:00:00Z,true,no_information,"
        "2026-10-31T00:00:00Z,N/A,true,true,2026-10-31T00:00:10Z,N/A,N/A,N/A,true,"
        "2026-08-02T23:59:59Z,2026-09-17T00:00:00Z,us-east-1,s3,false,N/A,false,"
        "2021-02-03T04:05:06Z,x\n"
        "bob,arn:aws-cn:iam::123456789012:user/bob,oops,FALSE,N/A,N/A,N/A,maybe,false,"
        "2026-10-31T00:00:11Z,not_supported,N/A,N/A,N/A,,yes,eu-west-1,iam,,x,N/A,N/A,N/A\n"
        "eve,none,2026-11-02T00:00:00Z,not_supported,2026-11-02T00:00:00Z,x,no_information,"
        "N/A,not_supported,no_information,2026-11-01T00:00:00Z,10.1.2.3,N/A,true,N/A,N/A,N/A,"
        "N/A,no_information,not_supported,true,no_information,2001:db8::/32\n"),
    STR_LIT("mfa_active,arn,user,password_enabled,password_last_used,access_key_1_active,"
            "access_key_2_active,access_key_2_last_rotated,cert_1_active,team\n"
            "true,arn:aws:iam::000000000000:user/x,x,true,2026-11-01T00:00:00Z,true,false,N/A,"
            "true,blue\n"
            "false,arn:aws:iam::000000000000:root,<root_account>,false,N/A,false,true,"
            "2026-08-03T00:00:00Z,false,N/A\n"),
};

static const struct str entities[] = {
    STR_LIT("{}"),
    STR_LIT("{\"Name\": \"ann\", \"Tags\": [{\"Name\": \"team\", \"Value\": \"blue\"}, {}], "
            "\"AccessKey\": [{\"Active\": true, \"LastUsedTime\": \"N/A\"}, {\"id\": \"AKIA\"}], "
            "\"Password\": {\"Enabled\": true, \"LastUsedTime\": 0}, \"RootUser\": false, "
            "\"MFADevices\": {\"Physical\": [], \"id\": [\"a\", \"b\"]}, \"Groups\": [], "
            "\"ActiveSSHPublicKeysCount\": 2, \"CreationDate\": \"2026-10-31\"}"),
};

/* A report as decoded columns. */
struct fixture {
    struct report_header header;
    struct row_reader reader;
    struct user_batch batch;
    char *text;
};

static struct fixture fixtures[2];

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void no_bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    (void)shared;
    (void)line;
    (void)found;
    (void)expected;
    abort();
}

static void fixture_init(struct fixture *fixture, struct str report)
{
    struct report_decoder decoder;
    struct str rows = report, line;
    uint32_t unreadable = 0;
    struct err err = {0};

    (void)str_cut(&rows, '\n', &line);
    check(report_header_read(&fixture->header, line, &err));
    fixture->text = mem_alloc(rows.n + CSV_PADDING);
    memcpy(fixture->text, rows.p, rows.n);
    row_reader_init(&fixture->reader, SIMD_SCALAR);
    row_reader_begin(&fixture->reader, &fixture->header, fixture->text, rows.n);
    check(row_reader_next(&fixture->reader, no_bad_row, NULL));
    user_batch_init(&fixture->batch, ALL_COLUMNS);
    fixture->batch.table = &fixture->reader.table;
    fixture->batch.rows = fixture->reader.table.rows;
    fixture->batch.positions = fixture->header.positions;
    report_decoder_init(&decoder, SIMD_SCALAR);
    report_decode_missing(&fixture->batch, ALL_COLUMNS, fixture->header.missing);
    report_decode(&decoder, &fixture->batch, ALL_COLUMNS, &unreadable);
}

static bool has_bit(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

static enum verdict verdict_at(const struct verdict_bits *bits, size_t row)
{
    check(has_bit(bits->fail, row) + has_bit(bits->pass, row) + has_bit(bits->unknown, row) +
              has_bit(bits->not_applicable, row) ==
          1);
    return has_bit(bits->fail, row)      ? VERDICT_FAIL
           : has_bit(bits->pass, row)    ? VERDICT_PASS
           : has_bit(bits->unknown, row) ? VERDICT_UNKNOWN
                                         : VERDICT_NOT_APPLICABLE;
}

static void check_rows(const struct fixture *fixture, const struct rule_program *program,
                       struct batch_state *state, struct arena *arena)
{
    struct batch_names names = {fixture->header.names, fixture->header.column_count};
    struct verdict_bits *bits = mem_alloc(sizeof *bits);
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    struct eval_context context;

    eval_init(&context, AS_OF);
    batch_run(state, &fixture->batch, names, AS_OF);
    batch_verdicts(state, 0, bits);
    for (size_t row = 0; row < fixture->batch.rows; row++) {
        bool is_root = has_bit(fixture->batch.is_root, row);
        enum verdict verdict = verdict_at(bits, row);
        enum gap gap = GAP_NONE;
        struct value entity;
        arena_reset(arena);
        check(batch_row_entity(arena, &fixture->batch, names, row, &entity));
        check(eval_rule(&context, program, &entity) == verdict);
        check(verdict == VERDICT_NOT_APPLICABLE ||
              (is_root ? program->judges_root : program->judges_users));
        check(batch_evidence(state, 0, row, evidence, &gap) <= EVIDENCE_COUNT_MAX);
    }
    eval_release(&context);
    mem_free(bits);
}

static void check_batch(const struct rule_program *program, struct arena *arena)
{
    struct batch_plan plan;
    struct arena plan_arena;
    struct err err = {0};

    arena_init(&plan_arena, ARENA_MAX);
    batch_plan_init(&plan, &plan_arena);
    if (batch_plan_add(&plan, program, &err) && plan.rules[0].is_report_row) {
        for (int level = SIMD_SCALAR; level <= (int)simd_level_detect(); level++) {
            struct batch_state *state = batch_state_new(&plan, (enum simd_level)level);
            for (size_t i = 0; i < 2; i++) {
                check_rows(&fixtures[i], program, state, arena);
            }
            batch_state_free(state);
        }
    }
    arena_release(&plan_arena);
}

static void check_entities(const struct rule_program *program, struct arena *arena)
{
    struct buf out;

    for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++) {
        struct err err = {0};
        struct value entity;
        arena_reset(arena);
        if (value_from_json(arena, entities[i], program->entity, &entity, &err)) {
            buf_init(&out, TEXT_MAX);
            explain_entity(&out, program, &entity, AS_OF);
            buf_release(&out);
        }
    }
    buf_init(&out, TEXT_MAX);
    explain_program(&out, program);
    buf_release(&out);
}

/* Each list entered doubles the work on the entities here; nobody's rules go that deep. */
static bool is_heavy(struct str text)
{
    size_t with = 0;

    for (size_t i = 0; i < text.n; i++) {
        with += text.p[i] == '[';
    }
    return with > HEAVY_FRAMES;
}

static void check_formatted(struct arena *arena, const struct ast_rule *rule)
{
    struct buf first, second;
    struct ast_rule again;
    struct err err = {0};

    buf_init(&first, TEXT_MAX);
    buf_init(&second, TEXT_MAX);
    rule_format(&first, rule);
    if (first.n <= RULE_TEXT_SIZE_MAX) {
        check(rule_parse(arena, buf_text(&first), &again, &err));
        check(ast_rule_equal(rule, &again));
        rule_format(&second, &again);
        check(str_eq(buf_text(&first), buf_text(&second)));
    }
    buf_release(&first);
    buf_release(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct ast_rule rule;
    struct rule_program program;
    struct arena arena, entity_arena;
    struct err err = {0};

    if (fixtures[0].text == NULL) {
        fixture_init(&fixtures[0], reports[0]);
        fixture_init(&fixtures[1], reports[1]);
    }
    arena_init(&arena, ARENA_MAX);
    arena_init(&entity_arena, ARENA_MAX);
    if (!rule_parse(&arena, text, &rule, &err)) {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
    } else {
        check_formatted(&arena, &rule);
        if (!rule_check(&arena, &rule, params, sizeof params / sizeof params[0], &program, &err)) {
            check(err.kind == ERR_INPUT && err.text[0] != '\0');
        } else if (!is_heavy(text) && rule.have->height < HEAVY_HEIGHT) {
            check_batch(&program, &entity_arena);
            check_entities(&program, &entity_arena);
        }
    }
    arena_release(&arena);
    arena_release(&entity_arena);
    return 0;
}
