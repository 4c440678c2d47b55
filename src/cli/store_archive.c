#include "cli/store_archive.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/instant.h"
#include "render/csv.h"
#include "store/assets.h"

enum { NAME_SIZE_MAX = 8192, ACCOUNTS_SIZE_MAX = 256 << 20, ENTITIES_SIZE_MAX = 512 << 20 };

/* ---- reports -------------------------------------------------------------------------------- */

static uint64_t report_size(void *shared, size_t index)
{
    const struct store_archive *archive = shared;

    return index < archive->list.count ? archive->list.reports[index].report_size : 0;
}

/* STORE/ACCOUNT@TIME: short enough for a line, and a relative reference where a format needs one.
 */
static void name_begin(struct archive_reader *reader, struct str path, uint64_t account)
{
    if (reader->name.size_max == 0) {
        buf_init(&reader->name, NAME_SIZE_MAX);
        buf_init(&reader->warning, NAME_SIZE_MAX);
        arena_init(&reader->arena, ENTITIES_SIZE_MAX);
    }
    buf_clear(&reader->name);
    (void)snprintf(reader->account, sizeof reader->account, "%012" PRIu64, account);
    buf_str(&reader->name, path);
    buf_char(&reader->name, '/');
    buf_str(&reader->name, str_from(reader->account));
}

static bool fail_absent(const struct store_archive *archive, const struct stored_absence *absence,
                        struct err *err)
{
    char text[40];
    struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    if (archive->has_as_of) {
        instant_write(&time, archive->as_of);
        return err_set(err, ERR_INPUT, "the store holds no snapshot of this account by %.*s",
                       STR_ARG(buf_text(&time)));
    }
    if (absence->attempt == ATTEMPT_PENDING) {
        (void)err_set(err, ERR_INPUT, "this account was never collected: the run broke off");
    } else {
        (void)err_set(err, ERR_INPUT, "this account was never collected: %.*s",
                      STR_ARG(absence->error));
    }
    err_hint(err, "'keywarden collect --resume' tries again");
    return false;
}

/* What became of a newer attempt to collect the account. */
static void write_warning(struct buf *out, const struct stored_report *report)
{
    buf_clear(out);
    if (report->attempt == ATTEMPT_PENDING) {
        buf_str(out, STR("an older snapshot is judged: the newest collection broke off before this "
                         "account"));
    } else if (report->attempt == ATTEMPT_FAILED) {
        buf_printf(out,
                   "an older snapshot is judged: the newest collection of this account failed: "
                   "%.*s",
                   STR_ARG(report->error));
    }
}

/* A connection belongs to the worker that asks with its number. */
static bool read_report(void *shared, unsigned worker, size_t index, struct archived_report *out,
                        struct err *err)
{
    struct store_archive *archive = shared;
    struct archive_reader *reader = &archive->readers[worker];
    struct str source;

    if (index >= archive->list.count) {
        const struct stored_absence *absence = &archive->list.absent[index - archive->list.count];
        name_begin(reader, archive->path, absence->account);
        *out = (struct archived_report){.name = buf_text(&reader->name)};
        return fail_absent(archive, absence, err);
    }
    const struct stored_report *report = &archive->list.reports[index];
    name_begin(reader, archive->path, report->account);
    buf_char(&reader->name, '@');
    instant_write(&reader->name, report->taken_at);
    write_warning(&reader->warning, report);
    *out = (struct archived_report){.name = buf_text(&reader->name),
                                    .account = str_from(reader->account),
                                    .as_of = report->taken_at,
                                    .has_generated_at = report->has_generated_at,
                                    .generated_at = report->generated_at,
                                    .warning = buf_text(&reader->warning)};
    if ((reader->reader == NULL && !store_reports_open(&reader->reader, archive->path, err)) ||
        !store_reports_read(reader->reader, report, &out->bytes, &source, err)) {
        return false;
    }
    if (report->is_collected) {
        out->inventory = &reader->inventory;
        arena_reset(&reader->arena);
        return store_reports_inventory(reader->reader, report, &reader->arena, &reader->inventory,
                                       err);
    }
    return true;
}

/* ---- opening -------------------------------------------------------------------------------- */

bool store_archive_open(struct store_archive *archive, struct str path, const int64_t *as_of,
                        struct err *err)
{
    archive->path = path;
    archive->has_as_of = as_of != NULL;
    archive->as_of = as_of == NULL ? 0 : *as_of;
    if (!store_reports_list(&archive->list, path, archive->has_as_of, archive->as_of, err)) {
        return false;
    }
    size_t absent_count = archive->list.absent_count;
    archive->archive = (struct report_archive){.name = path,
                                               .count = archive->list.count + absent_count,
                                               .size = report_size,
                                               .read = read_report,
                                               .shared = archive};
    for (size_t i = 0; i < archive->list.count; i++) {
        archive->archive.has_inventories |= archive->list.reports[i].is_collected;
    }
    return true;
}

void store_archive_release(struct store_archive *archive)
{
    for (size_t i = 0; i < AUDIT_WORKERS_MAX; i++) {
        store_reports_close(archive->readers[i].reader);
        buf_release(&archive->readers[i].name);
        buf_release(&archive->readers[i].warning);
        arena_release(&archive->readers[i].arena);
    }
    store_reports_release(&archive->list);
    *archive = (struct store_archive){0};
}

/* ---- accounts ------------------------------------------------------------------------------- */

static void assets_write(void *shared, const struct store_assets *assets)
{
    struct buf *out = shared;

    buf_printf(out, "%012" PRIu64 ",", assets->account);
    csv_field(out, assets->organization);
    for (int i = 0; i < STORE_ASSETS; i++) {
        buf_char(out, ',');
        if (assets->counts[i] >= 0) {
            buf_printf(out, "%" PRId64, assets->counts[i]);
        }
    }
    buf_char(out, '\n');
}

/* As the accounts.csv that it once was. */
bool store_archive_accounts(const struct store_archive *archive, struct store *store,
                            struct accounts *out, struct err *err)
{
    static const struct str header =
        STR_LIT("account,organization,iam_users,rds,s3,ec2,cloudtrail\n");
    struct buf text;
    bool ok = false;

    buf_init(&text, ACCOUNTS_SIZE_MAX);
    buf_str(&text, header);
    ok = store_assets_read(store, &archive->list, assets_write, &text, err) &&
         accounts_read(out, archive->path, &text, err);
    buf_release(&text);
    return ok;
}
