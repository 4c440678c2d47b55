#include "study/folder_reader.h"

#include "base/hash.h"
#include "base/instant.h"
#include "source/accounts.h"
#include "source/report_decode.h"
#include "source/report_reader.h"
#include "source/row_reader.h"

enum {
    BLOCK_ENTRIES = 256,
    PATH_SIZE_MAX = 1 << 16,
    ACCOUNT_DIGITS = 12,
    CHUNK_SIZE = 2 * REPORT_CHUNK_SIZE + 4096,
};

struct folder_reader {
    const struct folders *folders;
    sample_tell_fn tell;
    void *told;
    size_t at, end; /* entries: the next one, and behind the last of the block */
    uint64_t account;
    bool is_alone;

    /* The sample at hand. */
    uint64_t entry;
    bool needs_identities;
    struct buf path;
    char account_text[ACCOUNT_DIGITS];
    char arn_text[64]; /* what every ARN of the report begins with, most probably */
    size_t arn_size;
    bool is_open, has_chunk;
    struct report_chunk chunk;
    uint64_t line_base; /* lines before the chunk */
    uint64_t rows_lost;

    char *text;
    struct report_reader report;
    struct row_reader rows;
    struct report_decoder decoder;
    struct user_batch batch;
    uint32_t missing; /* columns that the batch has as missing */
    uint64_t identities[BATCH_ROWS_MAX];
};

static void *reader_new(const struct sample_provider *provider, sample_tell_fn tell, void *shared)
{
    struct folder_reader *reader = mem_alloc(sizeof *reader);

    reader->folders = provider->shared;
    reader->tell = tell;
    reader->told = shared;
    buf_init(&reader->path, PATH_SIZE_MAX);
    reader->text = mem_alloc(CHUNK_SIZE);
    report_reader_init(&reader->report);
    row_reader_init(&reader->rows, reader->folders->simd);
    report_decoder_init(&reader->decoder, reader->folders->simd);
    user_batch_init(&reader->batch, STUDY_COLUMNS);
    return reader;
}

static void reader_free(void *shared)
{
    struct folder_reader *reader = shared;

    if (reader != NULL) {
        buf_release(&reader->path);
        mem_free(reader->text);
        report_reader_release(&reader->report);
        row_reader_release(&reader->rows);
        user_batch_release(&reader->batch);
        mem_free(reader);
    }
}

/* ---- samples -------------------------------------------------------------------------------- */

/* The first entry from `at` on that is of another account than the one before it. */
static size_t account_begin(const struct folders *folders, size_t at)
{
    while (at > 0 && at < folders->entry_count &&
           folders->entries[at - 1] >> 24 == folders->entries[at] >> 24) {
        at++;
    }
    return at < folders->entry_count ? at : folders->entry_count;
}

static void block_begin(void *shared, size_t block)
{
    struct folder_reader *reader = shared;

    reader->at = account_begin(reader->folders, block * BLOCK_ENTRIES);
    reader->end = account_begin(reader->folders, (block + 1) * BLOCK_ENTRIES);
    reader->account = UINT64_MAX;
}

/* What the list says of the account at the date, 0: of all its samples; NULL: nothing. */
static const struct folder_account *find_listed(const struct folders *folders, uint64_t account,
                                                uint64_t date_key)
{
    uint64_t key = account << 24 | date_key << 8;
    size_t low = 0, high = folders->listed_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (folders->accounts[middle].key < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < folders->listed_count && folders->accounts[low].key >> 8 == key >> 8
               ? &folders->accounts[low]
               : NULL;
}

static void describe(const struct folders *folders, uint32_t day, struct sample *sample)
{
    const struct folder_account *listed = find_listed(folders, sample->account, day + 1);

    if (listed == NULL) {
        listed = find_listed(folders, sample->account, 0);
    }
    sample->asset_class = ASSET_UNKNOWN;
    sample->standing = ACCOUNT_STANDING_UNKNOWN;
    if (listed != NULL) {
        sample->organization = listed->organization;
        sample->unit = listed->unit;
        sample->asset_class = (uint8_t)(listed->key >> 2 & 0x3f);
        sample->standing = (uint8_t)(listed->key & 3);
    }
}

static struct str name_of(const struct folders *folders, uint64_t entry)
{
    size_t low = 0, high = folders->named_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (folders->named[middle].entry < entry) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return (struct str){folders->name_text.p + folders->named[low].offset,
                        folders->named[low].size};
}

static void make_path(struct folder_reader *reader, uint64_t number, uint32_t day)
{
    static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".csv.gz"), STR_LIT(".json")};
    const struct folders *folders = reader->folders;
    struct buf account = {
        .p = reader->account_text, .capacity = ACCOUNT_DIGITS, .size_max = ACCOUNT_DIGITS};
    uint64_t code = reader->entry & 0xff;
    uint64_t digits = number;

    for (size_t i = ACCOUNT_DIGITS; i > 0; i--) {
        account.p[i - 1] = (char)('0' + digits % 10);
        digits /= 10;
    }
    account.n = ACCOUNT_DIGITS;
    buf_clear(&reader->path);
    buf_str(&reader->path, buf_text(&folders->path));
    instant_write(&reader->path, folders->dates[day]);
    reader->path.n -= sizeof "T00:00:00Z" - 1; /* the date alone names its folder */
    buf_char(&reader->path, '/');
    if (code % 2 == 0) {
        buf_str(&reader->path, name_of(folders, reader->entry));
    } else {
        buf_str(&reader->path, buf_text(&account));
        buf_str(&reader->path, suffixes[code / 2]);
    }
}

static uint32_t day_of(uint64_t entry)
{
    return (uint32_t)(entry >> 8 & 0xffff);
}

/* Whether another entry stands for the entry's account and date: of one day's the first by name
 * does, of a week's days the last. */
static bool is_passed(const struct folders *folders, size_t at)
{
    const uint64_t *entries = folders->entries;
    const uint32_t *dates = folders->sample_dates.index;

    if (at > 0 && entries[at - 1] >> 8 == entries[at] >> 8) {
        return true;
    }
    while (at + 1 < folders->entry_count && entries[at + 1] >> 8 == entries[at] >> 8) {
        at++;
    }
    return at + 1 < folders->entry_count && entries[at + 1] >> 24 == entries[at] >> 24 &&
           dates[day_of(entries[at + 1])] == dates[day_of(entries[at])];
}

/* The first entry from `at` on that is taken. */
static size_t next_taken(const struct folders *folders, size_t at, size_t end)
{
    while (at < end && is_passed(folders, at)) {
        at++;
    }
    return at;
}

static bool sample_next(void *shared, struct sample *out)
{
    struct folder_reader *reader = shared;
    const struct folders *folders = reader->folders;

    if (reader->is_open) {
        report_reader_close(&reader->report);
        reader->is_open = false;
    }
    reader->has_chunk = false;
    size_t next = next_taken(folders, reader->at, reader->end);
    for (; reader->at < next; reader->at++) {
        /* Two reports of one day were counted when they were listed. */
        if (reader->at == 0 ||
            folders->entries[reader->at - 1] >> 8 != folders->entries[reader->at] >> 8) {
            atomic_fetch_add(folders->provider.passed, 1);
        }
    }
    if (reader->at >= reader->end) {
        return false;
    }
    reader->entry = folders->entries[reader->at++];
    uint64_t account = reader->entry >> 24;
    if (account != reader->account) {
        next = next_taken(folders, reader->at, reader->end);
        reader->account = account;
        reader->is_alone = next == folders->entry_count || folders->entries[next] >> 24 != account;
    }
    uint32_t day = day_of(reader->entry);
    *out = (struct sample){.account = account,
                           .at = folders->dates[day],
                           .date = folders->sample_dates.index[day],
                           .is_alone = reader->is_alone};
    describe(folders, day, out);
    make_path(reader, account, day);
    reader->needs_identities = !out->is_alone;
    return true;
}

/* ---- rows ----------------------------------------------------------------------------------- */

static void tell(struct folder_reader *reader, struct err *err)
{
    err_place(err, buf_text(&reader->path), 0, 0);
    reader->tell(reader->told, err);
}

static struct str account_of(const struct folder_reader *reader)
{
    return (struct str){reader->account_text, ACCOUNT_DIGITS};
}

static bool open_report(struct folder_reader *reader)
{
    struct report_reader *report = &reader->report;
    struct err err = {0};
    struct buf arn = {.p = reader->arn_text,
                      .capacity = sizeof reader->arn_text,
                      .size_max = sizeof reader->arn_text};

    if (report_reader_open(report, buf_text(&reader->path), &err) != REPORT_OPEN_OK) {
        if (err.kind == ERR_NONE) {
            (void)err_set(&err, ERR_INPUT, "this is no credential report");
        }
        tell(reader, &err);
        return false;
    }
    report->time_error = (struct err){0}; /* a sample's time is that of its folder */
    buf_printf(&arn, "arn:%.*s:iam::%.*s:", STR_ARG(report->partition),
               STR_ARG(account_of(reader)));
    reader->arn_size = arn.n;
    reader->is_open = true;
    reader->line_base = report->header_lines;
    reader->rows_lost = 0;
    if (report->header.missing != reader->missing) {
        report_decode_missing(&reader->batch, STUDY_COLUMNS, report->header.missing);
        reader->missing = report->header.missing;
    }
    return true;
}

static void bad_row(void *shared, uint32_t line, size_t found, size_t expected)
{
    struct folder_reader *reader = shared;
    struct err err = {0};

    (void)err_set(&err, ERR_INPUT, "this row has %zu cell%s where the header has %zu", found,
                  found == 1 ? "" : "s", expected);
    err_hint(&err, "the row was left out; the others were counted");
    err_place(&err, buf_text(&reader->path),
              reader->line_base + reader->chunk.lines_dropped + line + 1, 0);
    reader->tell(reader->told, &err);
    reader->rows_lost++;
}

/* The next chunk of the report; false when there is none. */
static bool next_chunk(struct folder_reader *reader)
{
    bool is_last = false;

    if (reader->has_chunk) {
        reader->line_base += reader->chunk.lines_dropped + reader->rows.line;
    }
    reader->chunk = (struct report_chunk){.text = reader->text};
    reader->has_chunk = report_reader_next(&reader->report, &reader->chunk, &is_last);
    if (!reader->has_chunk) {
        return false;
    }
    for (size_t i = 0; i < reader->chunk.error_count; i++) {
        struct err err = reader->chunk.errors[i];
        err.line += (uint32_t)reader->line_base;
        tell(reader, &err);
        reader->rows_lost++;
    }
    row_reader_begin(&reader->rows, &reader->report.header, reader->chunk.text, reader->chunk.n);
    return true;
}

/* A row of another account than the report's is an error: all but always its ARN begins as that of
 * every other row. */
static bool check_account(struct folder_reader *reader, size_t row)
{
    struct str arn = user_batch_cell(&reader->batch, row, COLUMN_ARN), account;
    struct err err = {0};

    if (str_starts(arn, (struct str){reader->arn_text, reader->arn_size})) {
        return true;
    }
    account = arn_split(arn).account;
    if (account.n == 0 || str_eq(account, account_of(reader))) {
        return true;
    }
    (void)err_set(&err, ERR_INPUT, "this user is of account %.*s, the report of %.*s",
                  STR_ARG(account), STR_ARG(account_of(reader)));
    err_hint(&err, "the report was left out; is its file called by another account's name?");
    err_place(&err, buf_text(&reader->path),
              reader->line_base + reader->chunk.lines_dropped + reader->rows.table.lines[row] + 1,
              0);
    reader->tell(reader->told, &err);
    return false;
}

static void identify(struct folder_reader *reader)
{
    const struct user_batch *batch = &reader->batch;

    reader->decoder.hashes(reader->folders->hash_seed, batch->table, 0, batch->rows,
                           (size_t)batch->positions[COLUMN_USER], reader->identities);
    for (size_t row = 0; row < batch->rows; row++) {
        /* Root cannot be created again. */
        int64_t created =
            batch->is_root[row / 64] >> (row % 64) & 1 ? 0 : batch->times[COLUMN_CREATED][row];
        reader->identities[row] =
            hash_mix(reader->identities[row] ^ (uint64_t)created, UINT64_C(0x9e3779b97f4a7c15));
    }
}

static enum sample_step take_batch(struct folder_reader *reader, struct sample_rows *out)
{
    struct user_batch *batch = &reader->batch;
    uint32_t unreadable = 0;

    batch->rows = reader->rows.table.rows;
    batch->first = 0;
    batch->table = &reader->rows.table;
    batch->positions = reader->report.header.positions;
    report_decode(&reader->decoder, batch, STUDY_COLUMNS, &unreadable);
    for (size_t row = 0; row < batch->rows; row++) {
        if (!check_account(reader, row)) {
            return SAMPLE_BROKEN;
        }
    }
    if (reader->needs_identities) {
        identify(reader);
    }
    *out = (struct sample_rows){.batch = batch,
                                .identities = reader->needs_identities ? reader->identities : NULL,
                                .unreadable = unreadable};
    return SAMPLE_ROWS;
}

static enum sample_step rows_next(void *shared, struct sample_rows *out)
{
    struct folder_reader *reader = shared;
    struct report_reader *report = &reader->report;

    if (!reader->is_open && !open_report(reader)) {
        return SAMPLE_BROKEN;
    }
    for (;;) {
        if (reader->has_chunk && row_reader_next(&reader->rows, bad_row, reader)) {
            return take_batch(reader, out);
        }
        if (!next_chunk(reader)) {
            break;
        }
    }
    if (report->failure.kind != ERR_NONE) {
        struct err err = report->failure;
        err_hint(&err, "what came before was not counted either");
        tell(reader, &err);
        return SAMPLE_BROKEN;
    }
    *out = (struct sample_rows){.rows_lost = reader->rows_lost, .bytes = report->file.size};
    return SAMPLE_END;
}

static struct str user_name(void *shared, size_t row)
{
    const struct folder_reader *reader = shared;

    return user_batch_cell(&reader->batch, row, COLUMN_USER);
}

void folder_reader_provide(struct folders *folders)
{
    folders->provider = (struct sample_provider){
        .dates = folders->sample_dates.list,
        .date_count = folders->sample_dates.count,
        .passed = &folders->passed,
        .names = folders->names.list,
        .name_count = folders->names.count,
        .block_count = (folders->entry_count + BLOCK_ENTRIES - 1) / BLOCK_ENTRIES,
        .shared = folders,
        .reader_new = reader_new,
        .reader_free = reader_free,
        .block_begin = block_begin,
        .sample_next = sample_next,
        .rows_next = rows_next,
        .user_name = user_name,
    };
}
