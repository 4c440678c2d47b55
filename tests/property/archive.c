/* A report is judged the same whether it lies in a file or is handed out by an archive: plain,
 * compressed, wrapped in JSON, damaged or no report at all, by one worker or several. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/engine.h"
#include "support/property.h"
#include "support/report_random.h"
#include "support/value_random.h"

enum { REPORTS_MAX = 40, TEXT_MAX = 64 << 20, PATH_SIZE = 96 };

static struct ruleset rules;

static const struct report_options options = {.columns = 100, .version = STR_LIT("0")};

/* ---- reports -------------------------------------------------------------------------------- */

static void put_u32(struct buf *out, uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        buf_char(out, (char)(value >> shift & 0xFF));
    }
}

static uint32_t crc32_of(struct str text)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < text.n; i++) {
        crc ^= (unsigned char)text.p[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (0xEDB88320 & (0U - (crc & 1)));
        }
    }
    return ~crc;
}

/* A member of stored blocks, which is all that is asked of a compressor here. */
static void put_gzip(struct buf *out, struct str text)
{
    enum { BLOCK_MAX = 65535 };

    buf_str(out, STR("\x1f\x8b\x08\0\0\0\0\0\0\xff"));
    for (size_t at = 0; at < text.n || at == 0; at += BLOCK_MAX) {
        struct str block = str_sub(text, at, at + BLOCK_MAX < text.n ? at + BLOCK_MAX : text.n);
        buf_char(out, at + BLOCK_MAX >= text.n ? 1 : 0);
        put_u32(out, (~(uint32_t)block.n & 0xFFFF) << 16 | (uint32_t)block.n);
        buf_str(out, block);
    }
    put_u32(out, crc32_of(text));
    put_u32(out, (uint32_t)text.n);
}

static void put_json(struct buf *out, struct str text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    buf_str(out, STR("{\"GeneratedTime\": \"2026-10-01T00:00:00Z\", \"Content\": \""));
    for (size_t at = 0; at < text.n; at += 3) {
        uint32_t bits = 0;
        for (size_t i = 0; i < 3; i++) {
            bits = bits << 8 | (at + i < text.n ? (unsigned char)text.p[at + i] : 0);
        }
        for (size_t i = 0; i < 4; i++) {
            buf_char(out, at + i > text.n ? '=' : digits[bits >> (18 - 6 * i) & 63]);
        }
    }
    buf_str(out, STR("\"}\n"));
}

static void put_rows(struct random *random, struct buf *out)
{
    struct report_random report;
    size_t rows = random_chance(random, 10) ? random_below(random, 4000) : random_below(random, 30);

    report_random_begin(&report, random);
    report_random_header(&report, out);
    for (size_t i = 0; i < rows; i++) {
        report_random_row(&report, out);
    }
}

static void make_report(struct random *random, struct buf *out)
{
    struct buf plain;
    size_t kind = random_below(random, 8);

    buf_init(&plain, TEXT_MAX);
    put_rows(random, &plain);
    buf_clear(out);
    if (kind == 0) {
        put_gzip(out, buf_text(&plain));
    } else if (kind == 1) {
        put_json(out, buf_text(&plain));
    } else if (kind == 2) {
        buf_str(out, random_chance(random, 50) ? STR("") : STR("name,size\na,1\n"));
    } else {
        buf_str(out, buf_text(&plain));
    }
    if (out->n > 0 && random_chance(random, 10)) {
        out->n = random_below(random, out->n); /* broken off */
    }
    buf_release(&plain);
}

/* ---- both ways ------------------------------------------------------------------------------ */

struct fleet {
    struct buf reports[REPORTS_MAX];
    char names[REPORTS_MAX][PATH_SIZE];
    struct str paths[REPORTS_MAX];
    size_t count;
    char folder[32];
};

static bool read_kept(void *shared, unsigned worker, size_t index, struct archived_report *out,
                      struct err *err)
{
    struct fleet *fleet = shared;

    (void)worker;
    (void)err;
    *out = (struct archived_report){.bytes = buf_text(&fleet->reports[index]),
                                    .name = fleet->paths[index]};
    return true;
}

static uint64_t size_kept(void *shared, size_t index)
{
    const struct fleet *fleet = shared;

    return fleet->reports[index].n;
}

struct result {
    struct buf out, messages;
    struct posture posture;
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

static void audit(struct fleet *fleet, bool is_archive, unsigned jobs, struct str format,
                  struct result *result)
{
    struct report_archive archive = {
        .count = fleet->count, .size = size_kept, .read = read_kept, .shared = fleet};
    struct audit_config config = {.rules = &rules,
                                  .paths = fleet->paths,
                                  .path_count = fleet->count,
                                  .archive = is_archive ? &archive : NULL,
                                  .has_as_of = true,
                                  .as_of = VALUE_RANDOM_NOW,
                                  .now = VALUE_RANDOM_NOW,
                                  .jobs = jobs,
                                  .simd = simd_level_detect(),
                                  .format = report_format_find(format),
                                  .options = &options,
                                  .write = write_result,
                                  .message = keep_message,
                                  .shared = result};
    struct err err = {0};

    buf_init(&result->out, 1 << 30);
    buf_init(&result->messages, 1 << 30);
    posture_init(&result->posture, rules.pointers, rules.count, 20);
    if (!audit_run(&config, &result->posture, &err)) {
        abort();
    }
}

static void result_release(struct result *result)
{
    buf_release(&result->out);
    buf_release(&result->messages);
    posture_release(&result->posture);
}

static void write_files(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        FILE *file = fopen(fleet->names[i], "wb");
        if (file == NULL ||
            fwrite(fleet->reports[i].p, 1, fleet->reports[i].n, file) != fleet->reports[i].n ||
            fclose(file) != 0) {
            abort();
        }
    }
}

static void remove_files(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        (void)unlink(fleet->names[i]);
    }
    (void)rmdir(fleet->folder);
}

static void archives_are_files(struct property *property)
{
    static const struct str formats[] = {STR_LIT("jsonl"), STR_LIT("table"), STR_LIT("sarif"),
                                         STR_LIT("summary")};
    struct str format = RANDOM_PICK(&property->random, formats);
    struct fleet *fleet = mem_alloc(sizeof *fleet);
    struct result expected, got;

    (void)snprintf(fleet->folder, sizeof fleet->folder, "/tmp/archive.XXXXXX");
    if (mkdtemp(fleet->folder) == NULL) {
        abort();
    }
    fleet->count = 1 + random_below(&property->random, REPORTS_MAX);
    for (size_t i = 0; i < fleet->count; i++) {
        buf_init(&fleet->reports[i], TEXT_MAX);
        make_report(&property->random, &fleet->reports[i]);
        (void)snprintf(fleet->names[i], PATH_SIZE, "%s/%012zu.csv", fleet->folder, i);
        fleet->paths[i] = str_from(fleet->names[i]);
    }
    write_files(fleet);
    audit(fleet, false, 1, format, &expected);
    remove_files(fleet);
    for (unsigned jobs = 1; jobs <= 5; jobs += 2) {
        audit(fleet, true, jobs, format, &got);
        if (!str_eq(buf_text(&expected.out), buf_text(&got.out)) ||
            !str_eq(buf_text(&expected.messages), buf_text(&got.messages)) ||
            expected.posture.error_count != got.posture.error_count ||
            expected.posture.report_count != got.posture.report_count) {
            property_fail(property, "%u workers at an archive of %zu say something else in %.*s",
                          jobs, fleet->count, STR_ARG(format));
        }
        result_release(&got);
    }
    result_release(&expected);
    for (size_t i = 0; i < fleet->count; i++) {
        buf_release(&fleet->reports[i]);
    }
    mem_free(fleet);
}

int main(void)
{
    struct property property = property_begin(2000);
    struct err err = {0};

    ruleset_init(&rules);
    if (!ruleset_add_pack(&rules, STR("keywarden"), &err) || !ruleset_compile(&rules, &err)) {
        abort();
    }
    property_run(&property, "an archive is judged as files are", 100, archives_are_files);
    ruleset_release(&rules);
    return property_end(&property);
}
