/* keywarden store info, prune, compact and export: looking at a store, and keeping it in order. */
#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/instant.h"
#include "cli/command.h"
#include "cli/message.h"
#include "cli/option_read.h"
#include "os/file.h"
#include "os/system.h"
#include "render/json.h"
#include "render/number.h"
#include "render/table.h"
#include "store/export.h"
#include "store/maintain.h"
#include "store/schema.h"

enum { OUT_SIZE_MAX = 1 << 20, KEY_FILE_SIZE_MAX = 1 << 20 };

#define STORE_OPTION                                                                               \
    {                                                                                              \
        .name = "store", .arg = "FILE", .help = "the store (default keywarden.db)"                 \
    }

const struct opt store_info_opts[] = {
    STORE_OPTION,
    {.name = "format", .letter = 'f', .arg = "NAME", .help = "table or json (default table)"},
    {0},
};

const struct opt store_prune_opts[] = {
    STORE_OPTION,
    {.name = "before",
     .arg = "TIME",
     .is_written = true,
     .help = "remove snapshots that are older"},
    {.name = "keep",
     .arg = "N",
     .is_written = true,
     .help = "keep the newest N snapshots of each account"},
    {.name = "dry-run", .help = "say what would be removed, and remove nothing"},
    {0},
};

const struct opt store_compact_opts[] = {STORE_OPTION, {0}};

const struct opt store_export_opts[] = {
    STORE_OPTION,
    {.name = "anonymize",
     .arg = "FILE",
     .is_written = true,
     .help = "pseudonyms in the place of names, by the key in this file, which is made if missing"},
    {.name = "csv-safe", .help = "guard cells against formulas in spreadsheets"},
    {.name = "quiet", .letter = 'q', .help = "say nothing but errors"},
    {0},
};

static struct str path_of(const struct args *args)
{
    return args_value(args, "store", STR("keywarden.db"));
}

/* ---- info ----------------------------------------------------------------------------------- */

static const struct str age_names[STORE_AGE_COUNT] = {STR_LIT("day"), STR_LIT("week"),
                                                      STR_LIT("month"), STR_LIT("older")};

static void write_info_json(struct buf *out, struct str path, const struct store_info *info)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_key(&json, STR("schema"));
    json_text(&json, STR("keywarden.store-info/1"));
    json_key(&json, STR("store"));
    json_text(&json, path);
    json_member_u64(&json, STR("version"), (uint64_t)info->version);
    json_member_u64(&json, STR("version_newest"), SCHEMA_VERSION);
    json_member_u64(&json, STR("bytes"), info->size);
    json_member_u64(&json, STR("accounts"), info->accounts);
    json_member_u64(&json, STR("snapshots"), info->snapshots);
    json_member_u64(&json, STR("users"), info->users);
    json_member_u64(&json, STR("organizations"), info->organizations);
    json_member_u64(&json, STR("units"), info->units);
    json_member_instant(&json, STR("first"), info->has_times, info->first_at);
    json_member_instant(&json, STR("last"), info->has_times, info->last_at);
    json_key(&json, STR("newest_within"));
    json_open(&json, '{');
    for (size_t i = 0; i < STORE_AGE_COUNT; i++) {
        json_member_u64(&json, age_names[i], info->ages[i]);
    }
    json_member_u64(&json, STR("none"), info->without_snapshot);
    json_close(&json, '}');
    json_member_u64(&json, STR("collections"), info->collections);
    json_member_u64(&json, STR("accounts_failed"), info->failed);
    json_member_u64(&json, STR("accounts_pending"), info->pending);
    json_key(&json, STR("tables"));
    json_open(&json, '[');
    for (size_t i = 0; i < info->table_count; i++) {
        json_open(&json, '{');
        json_key(&json, STR("name"));
        json_text(&json, info->tables[i].name);
        json_member_u64(&json, STR("rows"), info->tables[i].rows);
        json_key(&json, STR("bytes"));
        if (info->tables[i].bytes >= 0) {
            json_i64(&json, info->tables[i].bytes);
        } else {
            json_null(&json);
        }
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_close(&json, '}');
    buf_char(out, '\n');
}

static void write_tables(struct buf *out, const struct store_info *info)
{
    static const struct table_column columns[] = {
        {.title = STR_LIT("table")},
        {.title = STR_LIT("rows"), .align = TABLE_RIGHT},
        {.title = STR_LIT("bytes"), .align = TABLE_RIGHT},
    };
    struct table table = {.columns = columns, .column_count = 3};

    for (size_t i = 0; i < info->table_count; i++) {
        table_cell(&table, info->tables[i].name, STYLE_NONE);
        table_cell_count(&table, info->tables[i].rows, STYLE_NONE);
        if (info->tables[i].bytes >= 0) {
            table_cell_count(&table, (uint64_t)info->tables[i].bytes, STYLE_NONE);
        } else {
            table_cell(&table, STR("?"), STYLE_NONE);
        }
    }
    table_write(&table, out, 2, 100);
    table_release(&table);
}

static void write_info(struct buf *out, struct str path, const struct store_info *info)
{
    buf_printf(out, "%.*s: version %d of the tables", STR_ARG(path), info->version);
    if (info->version < SCHEMA_VERSION) {
        buf_printf(out, " (the newest is %d: 'keywarden store compact' brings it up to date)",
                   SCHEMA_VERSION);
    }
    buf_printf(out,
               "\n%" PRIu64 " snapshots of %" PRIu64 " accounts, %" PRIu64 " users, %" PRIu64
               " organizations, %" PRIu64 " units\n",
               info->snapshots, info->accounts, info->users, info->organizations, info->units);
    if (info->has_times) {
        instant_write(out, info->first_at);
        buf_str(out, STR(" to "));
        instant_write(out, info->last_at);
        buf_printf(out,
                   "\nnewest snapshot of an account: up to a day old %" PRIu64 ", a week %" PRIu64
                   ", 30 days %" PRIu64 ", older %" PRIu64,
                   info->ages[0], info->ages[1], info->ages[2], info->ages[3]);
        if (info->without_snapshot > 0) {
            buf_printf(out, ", none %" PRIu64, info->without_snapshot);
        }
        buf_char(out, '\n');
    }
    if (info->collections > 0) {
        buf_printf(out,
                   "collections %" PRIu64 "; accounts that the newest one did not collect: failed "
                   "%" PRIu64 ", pending %" PRIu64 "\n",
                   info->collections, info->failed, info->pending);
    }
    buf_char(out, '\n');
    write_tables(out, info);
}

int cmd_store_info(const struct command *command, const struct args *args)
{
    struct str format = args_value(args, "format", STR("table"));
    struct store *store = NULL;
    struct store_info info;
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    if (!str_eq(format, STR("table")) && !str_eq(format, STR("json"))) {
        (void)err_set(&err, ERR_USAGE, "--format takes no '%.*s'", STR_ARG(format));
        err_hint(&err, "use table or json");
        return message_fail(&err);
    }
    buf_init(&out, OUT_SIZE_MAX);
    if (!store_open(&store, path_of(args), STORE_INSPECT, &err) ||
        !store_info_read(store, system_now(), &info, &err)) {
        code = message_fail(&err);
    } else {
        if (str_eq(format, STR("json"))) {
            write_info_json(&out, path_of(args), &info);
        } else {
            write_info(&out, path_of(args), &info);
        }
        code = output_write(buf_text(&out));
    }
    store_close(store);
    buf_release(&out);
    return code;
}

/* ---- prune ---------------------------------------------------------------------------------- */

static bool read_prune(struct prune_config *config, const struct args *args, struct err *err)
{
    struct str keep = args_value(args, "keep", STR(""));

    config->is_dry = args_has(args, "dry-run");
    config->has_keep = args_has(args, "keep");
    if (config->has_keep &&
        (!str_to_u64(keep, &config->keep) || config->keep > INT64_MAX || config->keep == 0)) {
        return err_set(err, ERR_USAGE, "--keep takes a number from 1, not '%.*s'", STR_ARG(keep));
    }
    if (!option_read_time(args, "before", &config->has_before, &config->before, err)) {
        return false;
    }
    if (!config->has_before && !config->has_keep) {
        (void)err_set(err, ERR_USAGE, "it is not said what to remove");
        err_hint(err, "give --before TIME, --keep N, or both");
        return false;
    }
    return true;
}

/* A store that is to be worked on must be there: only an import begins one. */
static bool open_existing(struct store **store, const struct args *args, struct err *err)
{
    struct store *first = NULL;
    bool ok = store_open(&first, path_of(args), STORE_INSPECT, err);

    store_close(first);
    return ok && store_open(store, path_of(args), STORE_WRITE, err);
}

int cmd_store_prune(const struct command *command, const struct args *args)
{
    struct prune_config config = {0};
    struct store *store = NULL;
    struct err err = {0};
    uint64_t removed = 0, accounts = 0;
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    buf_init(&out, OUT_SIZE_MAX);
    if (!read_prune(&config, args, &err) || !open_existing(&store, args, &err) ||
        !store_prune(store, &config, &removed, &accounts, &err)) {
        code = message_fail(&err);
    } else {
        buf_printf(&out, "%.*s: %s %" PRIu64 " snapshot%s", STR_ARG(path_of(args)),
                   config.is_dry ? "would remove" : "removed", removed, removed == 1 ? "" : "s");
        if (accounts > 0) {
            buf_printf(&out, "; accounts without any: %" PRIu64, accounts);
        }
        buf_char(&out, '\n');
        code = output_write(buf_text(&out));
    }
    store_close(store);
    buf_release(&out);
    return code;
}

/* ---- compact -------------------------------------------------------------------------------- */

int cmd_store_compact(const struct command *command, const struct args *args)
{
    struct store *store = NULL;
    struct err err = {0};
    uint64_t before = 0, after = 0;
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    buf_init(&out, OUT_SIZE_MAX);
    if (!open_existing(&store, args, &err) || !store_compact(store, &before, &after, &err)) {
        code = message_fail(&err);
    } else {
        buf_printf(&out, "%.*s: %" PRIu64 " bytes before, %" PRIu64 " after\n",
                   STR_ARG(path_of(args)), before, after);
        code = output_write(buf_text(&out));
    }
    store_close(store);
    buf_release(&out);
    return code;
}

/* ---- export --------------------------------------------------------------------------------- */

static bool make_key(struct str path, struct err *err)
{
    char text[PSEUDONYM_KEY_TEXT_SIZE + 2];
    size_t n = 0;

    while (n < PSEUDONYM_KEY_TEXT_SIZE) {
        (void)snprintf(text + n, sizeof text - n, "%016" PRIx64, system_random_u64());
        n += 16;
    }
    text[n++] = '\n';
    return file_create_private(path, (struct str){text, n}, err);
}

static bool read_key(struct str path, struct pseudonym_key *key, struct err *err)
{
    struct file_info info = {0};
    struct buf text;
    bool ok = false;

    buf_init(&text, KEY_FILE_SIZE_MAX);
    if (!file_exists(path) && !make_key(path, err)) {
        /* Told below. */
    } else if (file_look(path, &info) && !info.is_private) {
        (void)err_set(err, ERR_INPUT, "others may read this key");
        err_hint(err, "chmod 600, or name another file to make a new key");
    } else if (file_read_all(path, KEY_FILE_SIZE_MAX, &text, err)) {
        ok = pseudonym_key_parse(buf_text(&text), key) ||
             err_set(err, ERR_INPUT, "this is no key: 64 hexadecimal digits are expected");
    }
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

static void show_written(void *shared, struct str path, uint64_t rows)
{
    struct buf *out = shared;

    buf_printf(out, "%.*s: %" PRIu64 " row%s\n", STR_ARG(path), rows, rows == 1 ? "" : "s");
}

int cmd_store_export(const struct command *command, const struct args *args)
{
    struct export_config config = {.written = show_written};
    struct pseudonym_key key;
    struct store *store = NULL;
    struct err err = {0};
    struct buf out;
    int code = EXIT_OK;
    bool ok = args->operand_count == 1;

    (void)command;
    buf_init(&out, OUT_SIZE_MAX);
    config.shared = &out;
    config.csv_safe = args_has(args, "csv-safe");
    if (!ok) {
        (void)err_set(&err, ERR_USAGE, "one folder to export to must be named");
        err_hint(&err, "keywarden store export tables/");
    } else {
        config.folder = args->operands[0];
    }
    ok = ok && store_open(&store, path_of(args), STORE_READ, &err);
    if (ok && args_has(args, "anonymize")) {
        config.key = &key;
        ok = read_key(args_value(args, "anonymize", STR("")), &key, &err);
    }
    if (!ok || !store_export(store, &config, &err)) {
        code = message_fail(&err);
    } else if (!args_has(args, "quiet")) {
        code = output_write(buf_text(&out));
    }
    store_close(store);
    buf_release(&out);
    return code;
}
