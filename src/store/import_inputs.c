#include <string.h>

#include "base/instant.h"
#include "codec/json.h"
#include "os/file.h"
#include "store/internal_import.h"

enum { PATH_SIZE_MAX = 1 << 20, LIST_SIZE_MAX = 512 << 20, PROFILE_SIZE_MAX = 1 << 20 };

static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".csv.gz"), STR_LIT(".json")};
static const struct str list_name = STR_LIT("accounts.csv");

/* ---- paths ---------------------------------------------------------------------------------- */

static struct str path_folder(struct str path)
{
    size_t n = path.n;

    while (n > 0 && path.p[n - 1] != '/') {
        n--;
    }
    return str_sub(path, 0, n); /* with its slash, or empty */
}

/* The last part of a folder's path. */
static struct str folder_name(struct str folder)
{
    size_t end = folder.n, begin = 0;

    while (end > 0 && folder.p[end - 1] == '/') {
        end--;
    }
    for (begin = end; begin > 0 && folder.p[begin - 1] != '/';) {
        begin--;
    }
    return str_sub(folder, begin, end);
}

static bool folder_day(struct str folder, int64_t *day)
{
    enum { DAY_SIZE = 10 };
    struct str name = folder_name(folder);

    return name.n == DAY_SIZE && instant_parse_human(name, day);
}

/* The folder above; empty when none is told. */
static struct str folder_parent(struct str folder)
{
    struct str name = folder_name(folder);

    return name.n == 0 ? STR("") : str_sub(folder, 0, (size_t)(name.p - folder.p));
}

static char *text_copy(struct str text)
{
    char *copy = mem_alloc(text.n + 1);

    if (text.n > 0 && text.p != NULL) {
        memcpy(copy, text.p, text.n);
    }
    return copy;
}

/* ---- lists of accounts ---------------------------------------------------------------------- */

static void list_drop(struct fleet_list *list)
{
    if (list != NULL && --list->references == 0) {
        accounts_release(&list->accounts);
        mem_free(list->path);
        mem_free(list);
    }
}

static struct fleet_list *list_share(struct fleet_list *list)
{
    if (list != NULL) {
        list->references++;
    }
    return list;
}

static bool list_read(struct fleet_list *list, struct err *err)
{
    struct buf text;
    struct str path = str_from(list->path);
    bool ok = false;

    buf_init(&text, LIST_SIZE_MAX);
    ok = file_read_all(path, LIST_SIZE_MAX, &text, err) &&
         accounts_read(&list->accounts, path, &text, err);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    list->is_there = ok;
    return ok;
}

/* Puts the list of that path into *slot, unless it is there already. One that need not exist may
 * be missing. */
static bool list_load(struct fleet_list **slot, struct str path, bool must_exist, struct err *err)
{
    if (*slot != NULL && str_eq(str_from((*slot)->path), path)) {
        return true;
    }
    list_drop(*slot);
    *slot = mem_alloc(sizeof **slot);
    (*slot)->references = 1;
    (*slot)->path = text_copy(path);
    return (!must_exist && !file_exists(path)) || list_read(*slot, err);
}

/* ---- inputs --------------------------------------------------------------------------------- */

bool inputs_init(struct import_inputs *inputs, const struct import_config *config, struct err *err)
{
    *inputs = (struct import_inputs){.config = config};
    inputs->walk =
        walk_new(config->paths, config->path_count, suffixes, sizeof suffixes / sizeof suffixes[0]);
    return config->accounts.n == 0 || list_load(&inputs->fleet, config->accounts, true, err);
}

void inputs_release(struct import_inputs *inputs)
{
    walk_free(inputs->walk);
    list_drop(inputs->sample);
    list_drop(inputs->fleet);
    mem_free(inputs->folder);
    *inputs = (struct import_inputs){0};
}

/* The folder among those that were named in which the path was found; empty when it was named
 * itself. */
static struct str named_folder(const struct import_inputs *inputs, struct str path)
{
    struct str best = {0};

    for (size_t i = 0; i < inputs->config->path_count; i++) {
        struct str named = inputs->config->paths[i];
        bool is_in = str_starts(path, named) && path.n > named.n &&
                     (named.p[named.n - 1] == '/' || path.p[named.n] == '/');
        if (named.n > 0 && is_in && named.n > best.n) {
            best = str_sub(path, 0, named.p[named.n - 1] == '/' ? named.n : named.n + 1);
        }
    }
    return best;
}

static bool load_named_list(struct fleet_list **slot, struct str folder, struct err *err)
{
    struct buf path;
    bool ok = true;

    buf_init(&path, PATH_SIZE_MAX);
    buf_str(&path, folder);
    buf_str(&path, list_name);
    ok = list_load(slot, buf_text(&path), false, err);
    buf_release(&path);
    return ok;
}

/* Which lists tell of the accounts whose reports lie in this folder. */
static bool enter_folder(struct import_inputs *inputs, struct str folder, struct str path,
                         struct err *err)
{
    struct str top = named_folder(inputs, path);

    mem_free(inputs->folder);
    inputs->folder = text_copy(folder);
    inputs->has_day = folder_day(folder, &inputs->day);
    list_drop(inputs->sample);
    inputs->sample = NULL;
    if (inputs->has_day && !load_named_list(&inputs->sample, folder, err)) {
        return false;
    }
    if (inputs->config->accounts.n > 0) {
        return true;
    }
    if (inputs->has_day && (top.n == 0 || str_eq(top, folder))) {
        top = folder_parent(folder);
    } else if (top.n == 0) {
        top = folder;
    }
    return load_named_list(&inputs->fleet, top, err);
}

bool inputs_next(struct import_inputs *inputs, struct import_path *path, struct err *err)
{
    struct walk_entry entry;
    struct file_info info = {0};

    do {
        if (!walk_next(inputs->walk, &entry)) {
            return false;
        }
    } while (entry.is_repeat || (!entry.is_named && entry.err.kind == ERR_NONE &&
                                 str_eq(folder_name(entry.path), list_name)));
    struct str folder = path_folder(entry.path);
    bool is_stdin = str_eq(entry.path, STR("-"));
    bool is_same = inputs->folder != NULL && str_eq(str_from(inputs->folder), folder);

    if (!is_same && !is_stdin && !enter_folder(inputs, folder, entry.path, err)) {
        return false;
    }
    buf_clear(&path->path);
    buf_str(&path->path, entry.path);
    path->err = entry.err;
    path->is_named = entry.is_named;
    path->size = !is_stdin && file_look(entry.path, &info) ? info.size : 0;
    path->has_day = inputs->has_day && !is_stdin;
    path->day = inputs->day;
    path->sample = is_stdin ? NULL : list_share(inputs->sample);
    path->fleet = list_share(inputs->fleet);
    return true;
}

void inputs_drop(struct import_path *path)
{
    list_drop(path->sample);
    list_drop(path->fleet);
    path->sample = NULL;
    path->fleet = NULL;
}

/* ---- profiles ------------------------------------------------------------------------------- */

/* {"profile":"root-2020","seed":"7"}; one that was scaled says to how many accounts. */
static void read_profile(struct str text, struct buf *out)
{
    struct json_reader json;
    struct json_token token;
    struct err err = {0};
    struct str profile = {0};

    json_init(&json, text);
    if (!json_next(&json, &token, &err) || token.kind != JSON_OBJECT_BEGIN) {
        return;
    }
    while (json_next(&json, &token, &err) && token.kind != JSON_OBJECT_END) {
        struct str name = token.text;
        if (str_eq(name, STR("accounts")) || !json_next(&json, &token, &err)) {
            return;
        }
        if (str_eq(name, STR("profile")) && token.kind == JSON_STRING) {
            profile = token.text;
        } else if (!json_skip(&json, &token, &err)) {
            return;
        }
    }
    if (err.kind == ERR_NONE) {
        buf_str(out, profile);
    }
}

void inputs_profile(const struct import_config *config, struct buf *out)
{
    for (size_t i = 0; i < config->path_count && out->n == 0; i++) {
        struct str folder = config->paths[i];
        struct buf path, text;
        struct err err = {0};

        buf_init(&path, PATH_SIZE_MAX);
        buf_init(&text, PROFILE_SIZE_MAX);
        buf_str(&path, folder);
        buf_str(&path, STR("/profile.json"));
        if (file_exists(buf_text(&path)) &&
            file_read_all(buf_text(&path), PROFILE_SIZE_MAX, &text, &err)) {
            read_profile(buf_text(&text), out);
        }
        buf_release(&path);
        buf_release(&text);
    }
}
