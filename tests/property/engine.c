/* The engine cuts a report into pieces where it must and spreads them over workers: verdicts do not
 * depend on where the cuts fall or how many work, and are those of judging row by row. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/engine.h"
#include "rule/eval.h"
#include "source/report_decode.h"
#include "source/row_reader.h"
#include "support/property.h"
#include "support/report_random.h"
#include "support/value_random.h"

/* The longest row that is read. */
enum { ROW_SIZE_MAX = 256 * 1024 };
enum { OUT_MAX = 512 << 20, CUTS = 5, ARENA_MAX = 16 << 20 };
#define ALL_COLUMNS ((1U << COLUMN_COUNT) - 1)

static struct ruleset rules;

static const struct report_options options = {.columns = 100, .version = STR_LIT("0")};

typedef uint64_t tally[STATUS_COUNT];

/* ---- the engine ----------------------------------------------------------------------------- */

struct result {
    struct buf out;
    struct buf messages;
    tally *tallies;
    uint64_t error_count;
};

static bool write_result(void *shared, struct str bytes, struct err *err)
{
    struct result *result = shared;

    (void)err;
    buf_str(&result->out, bytes);
    return true;
}

static void keep_message(void *shared, enum audit_message kind, const struct err *err)
{
    struct result *result = shared;

    buf_printf(&result->messages, "%d %u: %s\n", (int)kind, err->line, err->text);
}

static void audit(struct str report, unsigned jobs, enum simd_level simd, struct result *result)
{
    char name[64];
    struct str path;
    struct posture posture;
    struct err err = {0};
    int fd = memfd_create("report", 0);

    if (fd < 0 || write(fd, report.p, report.n) != (ssize_t)report.n) {
        abort();
    }
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    path = str_from(name);
    struct audit_config config = {.rules = &rules,
                                  .paths = &path,
                                  .path_count = 1,
                                  .has_as_of = true,
                                  .as_of = VALUE_RANDOM_NOW,
                                  .now = VALUE_RANDOM_NOW,
                                  .jobs = jobs,
                                  .simd = simd,
                                  .show_all = true,
                                  .format = report_format_find(STR("csv")),
                                  .options = &options,
                                  .write = write_result,
                                  .message = keep_message,
                                  .shared = result};
    posture_init(&posture, rules.pointers, rules.count, 0);
    if (!audit_run(&config, &posture, &err)) {
        abort();
    }
    for (size_t i = 0; i < rules.count; i++) {
        memcpy(result->tallies[i], posture.tallies[i].counts, sizeof result->tallies[i]);
    }
    result->error_count = posture.error_count;
    posture_release(&posture);
    close(fd);
}

static void result_init(struct result *result)
{
    *result = (struct result){.tallies = mem_array(rules.count, sizeof(tally))};
    buf_init(&result->out, OUT_MAX);
    buf_init(&result->messages, OUT_MAX);
}

static void result_release(struct result *result)
{
    buf_release(&result->out);
    buf_release(&result->messages);
    mem_free(result->tallies);
}

/* ---- row by row ----------------------------------------------------------------------------- */

struct slow {
    struct report_header header;
    struct row_reader reader;
    struct user_batch batch;
    struct report_decoder decoder;
    struct eval_context context;
    struct arena arena;
    tally *tallies;
};

static void no_bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    (void)shared;
    (void)line;
    (void)found;
    (void)expected;
    abort();
}

static void judge_row(struct slow *slow, struct str row)
{
    static const enum status statuses[] = {
        [VERDICT_PASS] = STATUS_PASS,
        [VERDICT_FAIL] = STATUS_FAIL,
        [VERDICT_NOT_APPLICABLE] = STATUS_NOT_APPLICABLE,
        [VERDICT_UNKNOWN] = STATUS_UNKNOWN,
    };
    struct batch_names names = {slow->header.names, slow->header.column_count};
    char *copy = mem_alloc(row.n + CSV_PADDING);
    struct value entity;
    uint32_t unreadable = 0;

    memcpy(copy, row.p, row.n);
    row_reader_begin(&slow->reader, &slow->header, copy, row.n);
    if (!row_reader_next(&slow->reader, no_bad_row, NULL)) {
        abort();
    }
    slow->batch.table = &slow->reader.table;
    slow->batch.rows = 1;
    slow->batch.positions = slow->header.positions;
    report_decode(&slow->decoder, &slow->batch, ALL_COLUMNS, &unreadable);
    arena_reset(&slow->arena);
    if (!batch_row_entity(&slow->arena, &slow->batch, names, 0, &entity)) {
        abort();
    }
    bool is_root = (slow->batch.is_root[0] & 1) != 0;
    for (size_t i = 0; i < rules.count; i++) {
        const struct rule_program *program = &rules.programs[i];
        if (is_root ? program->judges_root : program->judges_users) {
            slow->tallies[i][statuses[eval_rule(&slow->context, program, &entity)]]++;
        }
    }
    mem_free(copy);
}

/* Quotes stand in pairs here, so that a row ends at the first line feed outside a pair. */
static struct str take_row(struct str *text)
{
    struct str row = *text;
    bool quoted = false;

    assert(text->p != NULL || text->n == 0);
    for (size_t i = 0; i < text->n; i++) {
        quoted ^= text->p[i] == '"';
        if (text->p[i] == '\n' && !quoted) {
            row = str_sub(*text, 0, i + 1);
            break;
        }
    }
    *text = str_sub(*text, row.n, text->n);
    return row;
}

static void judge_slowly(struct str report, tally *tallies)
{
    struct slow slow = {.tallies = tallies};
    struct str rest = report, header = take_row(&rest);
    struct err err = {0};

    if (!report_header_read(&slow.header, header, &err)) {
        abort();
    }
    row_reader_init(&slow.reader, SIMD_SCALAR);
    user_batch_init(&slow.batch, ALL_COLUMNS);
    report_decoder_init(&slow.decoder, SIMD_SCALAR);
    eval_init(&slow.context, VALUE_RANDOM_NOW);
    arena_init(&slow.arena, ARENA_MAX);
    report_decode_missing(&slow.batch, ALL_COLUMNS, slow.header.missing);
    while (rest.n > 0) {
        struct str row = take_row(&rest);
        if (row.n <= ROW_SIZE_MAX) {
            judge_row(&slow, row);
        }
    }
    row_reader_release(&slow.reader);
    user_batch_release(&slow.batch);
    report_header_release(&slow.header);
    eval_release(&slow.context);
    arena_release(&slow.arena);
}

/* ---- the property --------------------------------------------------------------------------- */

/* A cell as long as it must be, with what is hard to cut in it. Of a row that is too long only a
 * line is left out and what follows is read again, so those have just one. */
static void put_filler(struct random *random, struct buf *out, size_t size)
{
    bool has_feeds = random_chance(random, 70) && size < ROW_SIZE_MAX / 2;

    buf_char(out, '"');
    for (size_t i = 0; i < size; i++) {
        size_t choice = random_below(random, 40);
        if (has_feeds && choice == 0) {
            buf_char(out, '\n');
        } else if (has_feeds && choice == 1) {
            buf_str(out, STR("\"\""));
        } else {
            buf_char(out, choice == 2 ? ',' : 'x');
        }
    }
    buf_char(out, '"');
}

static size_t filler_size(struct random *random)
{
    size_t choice = random_below(random, 1000);

    return choice == 0  ? ROW_SIZE_MAX - 400 + random_below(random, 500)
           : choice < 4 ? random_below(random, 60000)
                        : random_below(random, 150);
}

/* The columns but `team`, which stands last and is filled here; `pad` bytes more in the first row
 * move every cut that follows. */
static void make_report(struct random *random, size_t pad, struct buf *out)
{
    struct report_random report;
    size_t size = ROW_SIZE_MAX * (1 + random_below(random, 3)) + random_below(random, 4096);

    report_random_begin(&report, random);
    report.is_unique = true;
    if (report.columns[report.column_count - 1] == COLUMN_COUNT) {
        report.column_count--;
    }
    report_random_header(&report, out);
    out->n--;
    buf_str(out, STR(",filler\n"));
    /* The padding must not cost a row: it counts beside the size. */
    while (out->n < size + pad) {
        size_t extra = report.row_count == 0 ? pad : 0;
        report_random_row(&report, out);
        out->n--;
        buf_char(out, ',');
        buf_fill(out, 'p', extra);
        if (extra == 0) {
            put_filler(random, out, filler_size(random));
        }
        buf_char(out, '\n');
    }
}

static void check_tallies(struct property *property, const tally *expected, const tally *got,
                          size_t pad, unsigned jobs)
{
    for (size_t i = 0; i < rules.count; i++) {
        for (int status = 0; status < STATUS_COUNT; status++) {
            if (expected[i][status] != got[i][status]) {
                property_fail(
                    property, "pad %zu, %u jobs: %.*s %.*s %llu, row by row %llu", pad, jobs,
                    STR_ARG(rules.controls[i].id), STR_ARG(status_name((enum status)status)),
                    (unsigned long long)got[i][status], (unsigned long long)expected[i][status]);
            }
        }
    }
}

static void cuts_do_not_matter(struct property *property)
{
    struct random start = property->random;
    tally *expected = mem_array(rules.count, sizeof *expected);
    struct buf report;
    struct result first, other;

    buf_init(&report, OUT_MAX);
    for (size_t i = 0; i < CUTS; i++) {
        size_t pad = 1 + i * 7 + property->case_index % 7;
        unsigned jobs = 2 + (unsigned)(i % 2);
        struct random random = start;
        buf_clear(&report);
        make_report(&random, pad, &report);
        if (random_chance(&random, 30)) {
            report.n--; /* no last line feed */
        }
        if (i == 0) {
            judge_slowly(buf_text(&report), expected);
        }
        result_init(&first);
        result_init(&other);
        audit(buf_text(&report), 1, SIMD_SCALAR, &first);
        audit(buf_text(&report), jobs, simd_level_detect(), &other);
        check_tallies(property, (const tally *)expected, (const tally *)first.tallies, pad, 1);
        check_tallies(property, (const tally *)expected, (const tally *)other.tallies, pad, jobs);
        if (!str_eq(buf_text(&first.out), buf_text(&other.out)) ||
            !str_eq(buf_text(&first.messages), buf_text(&other.messages)) ||
            first.error_count != other.error_count) {
            property_fail(property, "pad %zu: %u jobs say something else than one", pad, jobs);
        }
        result_release(&first);
        result_release(&other);
    }
    buf_release(&report);
    mem_free(expected);
}

int main(void)
{
    struct property property = property_begin(2000);
    struct err err = {0};

    ruleset_init(&rules);
    if (!ruleset_add_pack(&rules, STR("keywarden"), &err) || !ruleset_compile(&rules, &err)) {
        abort();
    }
    property_run(&property, "cuts and workers do not matter", 200, cuts_do_not_matter);
    ruleset_release(&rules);
    return property_end(&property);
}
