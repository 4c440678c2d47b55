#include "aws/profile.h"

#include "aws/config_file.h"
#include "aws/shell_words.h"
#include "crypto/secret.h"
#include "os/file.h"
#include "os/system.h"

enum { FILE_SIZE_MAX = 256 << 10, ARENA_SIZE_MAX = 64 << 20 };

static const struct tree *child(const struct tree *node, struct str name)
{
    const struct tree *at = node != NULL ? node->first : NULL;

    while (at != NULL && !str_eq(at->name, name)) {
        at = at->next;
    }
    return at;
}

/* ---- Building the maps ---- */

static bool too_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "the configuration of AWS is too large");
}

/* Puts a node of that name with those children in front of `map`, so that it hides any before. */
static bool map_put(struct arena *arena, struct tree *map, struct str name,
                    const struct tree *children, struct err *err)
{
    struct tree *node = arena_alloc(arena, sizeof *node);

    if (node == NULL) {
        return too_large(err);
    }
    *node = (struct tree){.name = name, .first = children, .next = map->first};
    map->first = node;
    return true;
}

/* The second word of `profile "a b"`; a name that is not two words names nothing. */
static bool section_word(struct arena *arena, struct str section, struct str *out)
{
    struct str *words = NULL;
    size_t count = 0;
    struct err ignored = {0};

    if (!shell_words(arena, section, &words, &count, &ignored) || count != 2) {
        return false;
    }
    *out = words[1];
    return true;
}

static bool config_map(struct profiles *profiles, const struct tree *file, struct tree maps[3],
                       struct err *err)
{
    static const struct str kinds[] = {STR_LIT("profile"), STR_LIT("sso-session"),
                                       STR_LIT("services")};

    for (const struct tree *at = file->first; at != NULL; at = at->next) {
        struct str name = at->name;
        if (str_eq(name, STR("default"))) {
            if (!map_put(&profiles->arena, &maps[0], name, at->first, err)) {
                return false;
            }
            continue;
        }
        for (size_t kind = 0; kind < 3; kind++) {
            if (!str_starts(at->name, kinds[kind])) {
                continue;
            }
            if (section_word(&profiles->arena, at->name, &name) &&
                !map_put(&profiles->arena, &maps[kind], name, at->first, err)) {
                return false;
            }
            break;
        }
    }
    return true;
}

/* The keys of both, those of `over` in front, where they are found first. */
static bool keys_merge(struct arena *arena, const struct tree *over, const struct tree *under,
                       const struct tree **out, struct err *err)
{
    struct tree head = {0}, *last = &head;

    for (int i = 0; i < 2; i++) {
        for (const struct tree *at = i == 0 ? over : under; at != NULL; at = at->next) {
            struct tree *copy = arena_alloc(arena, sizeof *copy);
            if (copy == NULL) {
                return too_large(err);
            }
            *copy = *at;
            copy->next = NULL;
            if (last == &head) {
                head.first = copy;
            } else {
                last->next = copy;
            }
            last = copy;
        }
    }
    *out = head.first;
    return true;
}

static bool merge(struct profiles *profiles, const struct tree *config,
                  const struct tree *credentials, struct err *err)
{
    struct tree *maps = arena_array(&profiles->arena, 4, sizeof *maps), *merged = NULL;

    if (maps == NULL) {
        return too_large(err);
    }
    if (!config_map(profiles, config, maps, err)) {
        return false;
    }
    merged = &maps[3];
    merged->first = maps[0].first;
    for (const struct tree *at = credentials->first; at != NULL; at = at->next) {
        const struct tree *under = child(&maps[0], at->name), *keys = NULL;
        if (!keys_merge(&profiles->arena, at->first, under != NULL ? under->first : NULL, &keys,
                        err) ||
            !map_put(&profiles->arena, merged, at->name, keys, err)) {
            return false;
        }
    }
    profiles->config = &maps[0];
    profiles->sso_sessions = &maps[1];
    profiles->services = &maps[2];
    profiles->merged = merged;
    profiles->credentials = credentials;
    return true;
}

/* ---- Reading ---- */

bool home_path(struct arena *arena, struct str path, struct str *out, struct err *err)
{
    struct buf text;
    bool ok = false;

    if (!str_eq(path, STR("~")) && !str_starts(path, STR("~/"))) {
        return arena_str(arena, path, out) || too_large(err);
    }
    buf_init(&text, 4096);
    buf_str(&text, system_env("HOME"));
    buf_str(&text, str_sub(path, 1, path.n));
    ok = !text.overflowed && arena_str(arena, buf_text(&text), out);
    buf_release(&text);
    return ok || too_large(err);
}

static bool file_parse(struct profiles *profiles, const char *variable, const char *otherwise,
                       const struct tree **out, struct err *err)
{
    static const struct tree empty;
    struct str path = system_env(variable);
    struct file_info info;
    struct buf text;
    bool ok = false;

    if (!home_path(&profiles->arena, path.n > 0 ? path : str_from(otherwise), &path, err)) {
        return false;
    }
    if (!file_look(path, &info) || !info.is_regular) {
        *out = &empty;
        return true;
    }
    buf_init(&text, FILE_SIZE_MAX + 1);
    ok = buf_reserve(&text, FILE_SIZE_MAX) != NULL &&
         file_read_all(path, FILE_SIZE_MAX, &text, err) &&
         config_file_parse(&profiles->arena, buf_text(&text), out, err);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    secret_wipe_buf(&text);
    return ok;
}

static bool load(struct profiles *profiles, struct str config_text, struct str credentials_text,
                 bool from_files, struct err *err)
{
    const struct tree *config = NULL, *credentials = NULL;
    bool ok = false;

    *profiles = (struct profiles){0};
    arena_init(&profiles->arena, ARENA_SIZE_MAX);
    if (from_files) {
        ok = file_parse(profiles, "AWS_CONFIG_FILE", "~/.aws/config", &config, err) &&
             file_parse(profiles, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials", &credentials,
                        err);
    } else {
        ok = config_file_parse(&profiles->arena, config_text, &config, err) &&
             config_file_parse(&profiles->arena, credentials_text, &credentials, err);
    }
    ok = ok && merge(profiles, config, credentials, err);
    if (!ok) {
        profiles_release(profiles);
    }
    return ok;
}

bool profiles_load(struct profiles *profiles, struct err *err)
{
    return load(profiles, STR(""), STR(""), true, err);
}

bool profiles_parse(struct profiles *profiles, struct str config, struct str credentials,
                    struct err *err)
{
    return load(profiles, config, credentials, false, err);
}

void profiles_release(struct profiles *profiles)
{
    arena_wipe(&profiles->arena);
    *profiles = (struct profiles){0};
}

/* ---- Looking things up ---- */

const struct tree *profiles_find(const struct profiles *profiles, struct str name)
{
    return child(profiles->merged, name);
}

const struct tree *profiles_find_config(const struct profiles *profiles, struct str name)
{
    return child(profiles->config, name);
}

const struct tree *profiles_find_credentials(const struct profiles *profiles, struct str name)
{
    return child(profiles->credentials, name);
}

const struct tree *profiles_find_sso_session(const struct profiles *profiles, struct str name)
{
    return child(profiles->sso_sessions, name);
}

const struct tree *profiles_find_services(const struct profiles *profiles, struct str name)
{
    return child(profiles->services, name);
}

struct str profile_name_of_environment(void)
{
    struct str name = system_env("AWS_DEFAULT_PROFILE");

    return name.n > 0 ? name : system_env("AWS_PROFILE");
}
