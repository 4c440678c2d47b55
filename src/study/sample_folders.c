#include "study/sample_folders.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "codec/json.h"
#include "os/file.h"
#include "os/system.h"
#include "os/walk.h"
#include "source/accounts.h"
#include "source/report_reader.h"
#include "study/folder_reader.h"

enum {
    PATH_SIZE_MAX = 1 << 16,
    NAME_TEXT_SIZE_MAX = 512 << 20,
    ACCOUNTS_SIZE_MAX = 1 << 30,
    PROFILE_SIZE_MAX = 1 << 16,
    DATE_SIZE = 10,
    ERRORS_MAX = 64,
};

static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".csv.gz"), STR_LIT(".json")};
enum { SUFFIX_COUNT = sizeof suffixes / sizeof suffixes[0] };

/* ---- listing -------------------------------------------------------------------------------- */

struct listing {
    struct folders *folders;
    struct report_reader reader; /* for files whose names do not say the account */
    bool has_reader;
    struct buf accounts_path; /* the list of the date at hand, where it has one */
    bool has_date;
    int64_t date;
    bool has_reports; /* of that date */
};

static void keep_error(struct folders *folders, const struct err *err)
{
    if (folders->errors == NULL) {
        folders->errors = mem_array(ERRORS_MAX, sizeof *folders->errors);
    }
    if (folders->error_count < ERRORS_MAX) {
        folders->errors[folders->error_count++] = *err;
    }
    folders->error_total++;
}

/* From what the file holds. What is no report is passed over; what is none that can be read, or
 * does not say its account, is an error. */
static bool ask_account(struct listing *listing, struct str path, uint64_t *out)
{
    struct err err = {0};
    bool ok = false;

    if (!listing->has_reader) {
        report_reader_init(&listing->reader);
        listing->has_reader = true;
    }
    enum report_open opened = report_reader_open(&listing->reader, path, &err);
    if (opened == REPORT_OPEN_NOT_A_REPORT) {
        listing->folders->not_reports++;
        return false;
    }
    if (opened == REPORT_OPEN_OK) {
        ok = listing->reader.account.n > 0 && str_to_u64(listing->reader.account, out);
        report_reader_close(&listing->reader);
    }
    if (!ok) {
        (void)err_set(&err, ERR_INPUT, "neither the file's name nor an ARN in it says the account");
        err_hint(&err, "call it ACCOUNT.csv, by the 12 digits of the account");
        err_place(&err, path, 0, 0);
        keep_error(listing->folders, &err);
    }
    return ok;
}

/* Which of the names that a report of the account may have, in their order: 1, 3 and 5 for the
 * account and a suffix, an even number for another name before, between or behind these. */
static uint64_t name_code(struct str name, uint64_t account)
{
    char text[32];
    uint64_t code = 0;

    for (size_t i = 0; i < SUFFIX_COUNT; i++) {
        struct buf usual = {.p = text, .capacity = sizeof text, .size_max = sizeof text};
        buf_printf(&usual, "%012llu", (unsigned long long)account);
        buf_str(&usual, suffixes[i]);
        int order = str_cmp(buf_text(&usual), name);
        if (order == 0) {
            return 2 * i + 1;
        }
        code = order < 0 ? 2 * i + 2 : code;
    }
    return code;
}

static void keep_name(struct folders *folders, uint64_t entry, struct str name)
{
    if (folders->named_count == folders->named_capacity) {
        folders->named_capacity = folders->named_capacity == 0 ? 64 : folders->named_capacity * 2;
        folders->named =
            mem_resize(folders->named, folders->named_capacity * sizeof *folders->named);
    }
    folders->named[folders->named_count++] =
        (struct folder_name){entry, (uint32_t)folders->name_text.n, (uint32_t)name.n};
    buf_str(&folders->name_text, name);
}

static bool add_date(struct listing *listing, struct err *err)
{
    struct folders *folders = listing->folders;

    if (listing->has_reports) {
        return true;
    }
    if (folders->date_count == SAMPLE_DATES_MAX) {
        return err_set(err, ERR_INPUT, "there are more than %d dates", SAMPLE_DATES_MAX);
    }
    if (folders->date_count == folders->date_capacity) {
        folders->date_capacity = folders->date_capacity == 0 ? 64 : folders->date_capacity * 2;
        folders->dates =
            mem_resize(folders->dates, folders->date_capacity * sizeof *folders->dates);
    }
    folders->dates[folders->date_count++] = listing->date;
    listing->has_reports = true;
    return true;
}

static bool add_report(struct listing *listing, struct str path, struct str name, struct err *err)
{
    struct folders *folders = listing->folders;
    uint64_t account = 0;

    if (!str_to_u64(report_account_named(name), &account) &&
        !ask_account(listing, path, &account)) {
        return true;
    }
    if (!add_date(listing, err)) {
        return false;
    }
    uint64_t code = name_code(name, account);
    uint64_t entry = account << 24 | (uint64_t)(folders->date_count - 1) << 8 | code;
    if (code % 2 == 0) {
        keep_name(folders, entry, name);
    }
    if (folders->entry_count == folders->entry_capacity) {
        folders->entry_capacity = folders->entry_capacity == 0 ? 1024 : folders->entry_capacity * 2;
        folders->entries =
            mem_resize(folders->entries, folders->entry_capacity * sizeof *folders->entries);
    }
    folders->entries[folders->entry_count++] = entry;
    return true;
}

/* ---- accounts ------------------------------------------------------------------------------- */

static bool add_accounts(struct folders *folders, struct str path, uint64_t date_key,
                         struct err *err)
{
    struct accounts accounts = {0};
    struct buf text;
    bool ok = false;

    buf_init(&text, ACCOUNTS_SIZE_MAX);
    if (!file_read_all(path, ACCOUNTS_SIZE_MAX, &text, err) ||
        !accounts_read(&accounts, path, &text, err)) {
        err_place(err, path, 0, 0);
        goto cleanup;
    }
    folders->accounts = mem_resize(folders->accounts, (folders->listed_count + accounts.count + 1) *
                                                          sizeof *folders->accounts);
    for (size_t i = 0; i < accounts.count; i++) {
        const struct account_record *record = &accounts.records[i];
        struct folder_account *to = &folders->accounts[folders->listed_count];
        to->key = record->number << 24 | date_key << 8 | (uint64_t)record->asset_class << 2 |
                  record->standing;
        if (!names_intern(&folders->names, accounts.names[record->organization],
                          &to->organization) ||
            !names_intern(&folders->names, accounts.names[record->unit], &to->unit)) {
            (void)err_set(err, ERR_INPUT, "the names of organizations and units are too long");
            err_place(err, path, record->line, 0);
            goto cleanup;
        }
        folders->listed_count++;
    }
    folders->has_accounts = true;
    ok = true;
cleanup:
    accounts_release(&accounts);
    buf_release(&text);
    return ok;
}

static int account_compare(const void *a, const void *b)
{
    const struct folder_account *x = a, *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

/* ---- dates ---------------------------------------------------------------------------------- */

static bool end_date(struct listing *listing, struct err *err)
{
    bool ok = true;

    if (listing->has_date && listing->has_reports && listing->accounts_path.n > 0) {
        ok = add_accounts(listing->folders, buf_text(&listing->accounts_path),
                          listing->folders->date_count, err);
    }
    buf_clear(&listing->accounts_path);
    listing->has_reports = false;
    return ok;
}

static bool read_date(struct str text, int64_t *out)
{
    return text.n == DATE_SIZE && instant_parse_human(text, out);
}

static bool list_file(struct listing *listing, struct str path, struct err *err)
{
    struct folders *folders = listing->folders;
    struct str name = str_sub(path, folders->path.n, path.n), folder;
    bool is_below = str_cut(&name, '/', &folder);
    int64_t date = 0;

    if (!is_below) {
        folders->outside +=
            !str_eq(folder, STR("accounts.csv")) && !str_eq(folder, STR("profile.json"));
        return true;
    }
    if (!read_date(folder, &date) || str_find(name, '/') < name.n) {
        folders->outside++;
        return true;
    }
    if (!listing->has_date || date != listing->date) {
        if (!end_date(listing, err)) {
            return false;
        }
        listing->has_date = true;
        listing->date = date;
    }
    if (str_eq(name, STR("accounts.csv"))) {
        buf_str(&listing->accounts_path, path);
        return true;
    }
    return add_report(listing, path, name, err);
}

static bool list(struct folders *folders, struct str path, struct err *err)
{
    struct listing listing = {.folders = folders};
    struct walk *walk = walk_new(&path, 1, suffixes, SUFFIX_COUNT);
    struct walk_entry entry;
    bool ok = true;

    buf_init(&listing.accounts_path, PATH_SIZE_MAX);
    while (ok && walk_next(walk, &entry)) {
        err_place(&entry.err, entry.path, 0, 0);
        if (entry.err.kind != ERR_NONE && entry.is_named) {
            *err = entry.err;
            ok = false;
        } else if (entry.err.kind != ERR_NONE) {
            keep_error(folders, &entry.err);
        } else if (entry.path.n <= folders->path.n) {
            ok = err_set(err, ERR_INPUT, "this is no folder");
            err_hint(err, "a study reads a folder that holds one folder per sample, named by its "
                          "date: 2020-09-13");
            err_place(err, path, 0, 0);
        } else {
            ok = list_file(&listing, entry.path, err);
        }
    }
    ok = ok && end_date(&listing, err);
    if (listing.has_reader) {
        report_reader_release(&listing.reader);
    }
    buf_release(&listing.accounts_path);
    walk_free(walk);
    return ok;
}

/* ---- the marker of a profile ---------------------------------------------------------------- */

/* {"profile":"root-2020","seed":"7"}; a fleet of another size has "accounts" beside them, and the
 * published values are not about it. */
static bool read_profile(struct folders *folders, struct str text, struct err *err)
{
    struct json_reader json;
    struct json_token token, value;
    bool is_scaled = false;

    json_init(&json, text);
    if (!json_next(&json, &token, err)) {
        return false;
    }
    if (token.kind != JSON_OBJECT_BEGIN) {
        return err_set(err, ERR_INPUT, "this JSON is no object");
    }
    while (json_next(&json, &token, err) && token.kind == JSON_KEY) {
        if (!json_next(&json, &value, err) || !json_skip(&json, &value, err)) {
            return false;
        }
        if (str_eq(token.text, STR("profile")) && value.kind == JSON_STRING) {
            folders->profile = value.text;
        }
        is_scaled |= str_eq(token.text, STR("accounts"));
    }
    if (is_scaled) {
        folders->profile = STR("");
    }
    return err->kind == ERR_NONE;
}

static bool find_profile(struct folders *folders, struct err *err)
{
    struct buf path;
    bool ok = true;

    buf_init(&path, PATH_SIZE_MAX);
    buf_init(&folders->profile_text, 2 * PROFILE_SIZE_MAX);
    buf_str(&path, buf_text(&folders->path));
    buf_str(&path, STR("profile.json"));
    if (file_exists(buf_text(&path))) {
        ok = file_read_all(buf_text(&path), PROFILE_SIZE_MAX, &folders->profile_text, err) &&
             read_profile(folders, buf_text(&folders->profile_text), err);
        if (!ok) {
            err_hint(err, "'keywarden simulate' writes this file; remove it if the samples are "
                          "not simulated");
            err_place(err, buf_text(&path), 0, 0);
        }
    }
    buf_release(&path);
    return ok;
}

/* ---- opening -------------------------------------------------------------------------------- */

static int entry_compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static int name_compare(const void *a, const void *b)
{
    const struct folder_name *x = a, *y = b;

    return x->entry != y->entry ? (x->entry > y->entry) - (x->entry < y->entry)
                                : (x->offset > y->offset) - (x->offset < y->offset);
}

/* Listed date by date, read account by account. */
static void sort(struct folders *folders)
{
    bool is_sorted = true;

    for (size_t i = 1; i < folders->entry_count && is_sorted; i++) {
        is_sorted = folders->entries[i - 1] <= folders->entries[i];
    }
    if (!is_sorted) {
        qsort(folders->entries, folders->entry_count, sizeof *folders->entries, entry_compare);
    }
    if (folders->named_count > 0) {
        qsort(folders->named, folders->named_count, sizeof *folders->named, name_compare);
    }
    if (folders->listed_count > 0) {
        qsort(folders->accounts, folders->listed_count, sizeof *folders->accounts, account_compare);
    }
    for (size_t i = 0; i < folders->entry_count; i++) {
        uint64_t before = i == 0 ? ~folders->entries[0] : folders->entries[i - 1];
        folders->duplicates += before >> 8 == folders->entries[i] >> 8;
        folders->account_count += before >> 24 != folders->entries[i] >> 24;
    }
}

static bool read_top_accounts(struct folders *folders, struct err *err)
{
    struct buf path;
    bool ok = true;

    buf_init(&path, PATH_SIZE_MAX);
    buf_str(&path, buf_text(&folders->path));
    buf_str(&path, STR("accounts.csv"));
    if (file_exists(buf_text(&path))) {
        ok = add_accounts(folders, buf_text(&path), 0, err);
    }
    buf_release(&path);
    return ok;
}

bool folders_open(struct folders *folders, struct str path, enum simd_level simd, bool is_weekly,
                  struct err *err)
{
    *folders = (struct folders){.simd = simd, .hash_seed = system_random_u64()};
    buf_init(&folders->path, PATH_SIZE_MAX);
    buf_init(&folders->name_text, NAME_TEXT_SIZE_MAX);
    names_init(&folders->names);
    buf_str(&folders->path, path);
    if (path.n > 0 && path.p[path.n - 1] != '/') {
        buf_char(&folders->path, '/');
    }
    if (!read_top_accounts(folders, err) || !find_profile(folders, err) ||
        !list(folders, path, err)) {
        return false;
    }
    if (folders->name_text.overflowed) {
        return err_set(err, ERR_INPUT, "the names of the reports come to more than %d MiB",
                       NAME_TEXT_SIZE_MAX >> 20);
    }
    sort(folders);
    sample_dates_make(&folders->sample_dates, folders->dates, folders->date_count, is_weekly);
    folder_reader_provide(folders);
    return true;
}

void folders_close(struct folders *folders)
{
    buf_release(&folders->path);
    buf_release(&folders->name_text);
    buf_release(&folders->profile_text);
    mem_free(folders->entries);
    mem_free(folders->dates);
    sample_dates_release(&folders->sample_dates);
    mem_free(folders->named);
    mem_free(folders->accounts);
    mem_free(folders->errors);
    names_release(&folders->names);
    *folders = (struct folders){0};
}
