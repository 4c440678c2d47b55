/* Reads the two files of ~/.aws for tests: a JSON object {"config", "credentials"} a line in, the
 * maps that come out, or {"error"}, a line out. */
#include <stdio.h>

#include "aws/profile.h"
#include "base/buf.h"
#include "render/json.h"

/* A node without children is a text. Later nodes of a name are hidden by the first. */
static void print(struct buf *out, const struct tree *map, unsigned depth)
{
    struct json_writer json = {.out = out};
    bool first = true;

    buf_char(out, '{');
    for (const struct tree *at = map->first; at != NULL; at = at->next) {
        bool hidden = false;
        for (const struct tree *before = map->first; before != at; before = before->next) {
            hidden = hidden || str_eq(before->name, at->name);
        }
        if (hidden) {
            continue;
        }
        buf_str(out, first ? STR("") : STR(","));
        first = false;
        json_string_write(out, at->name);
        buf_char(out, ':');
        if (depth > 0 || at->first != NULL) {
            if (at->first != NULL || depth == 2) {
                print(out, at, depth - 1);
                continue;
            }
        }
        json.comma = false;
        json_text(&json, at->text);
    }
    buf_char(out, '}');
}

static void answer(struct str config, struct str credentials, struct buf *out)
{
    struct profiles profiles;
    struct err err = {0};
    const struct tree *maps[5];
    static const char *const names[] = {"merged", "config", "credentials", "sso_sessions",
                                        "services"};

    if (!profiles_parse(&profiles, config, credentials, &err)) {
        buf_str(out, STR("{\"error\":"));
        json_string_write(out, str_from(err.text));
        buf_str(out, STR("}\n"));
        return;
    }
    maps[0] = profiles.merged;
    maps[1] = profiles.config;
    maps[2] = profiles.credentials;
    maps[3] = profiles.sso_sessions;
    maps[4] = profiles.services;
    for (size_t i = 0; i < 5; i++) {
        buf_str(out, i == 0 ? STR("{") : STR(","));
        json_string_write(out, str_from(names[i]));
        buf_char(out, ':');
        print(out, maps[i], 2);
    }
    buf_str(out, STR("}\n"));
    profiles_release(&profiles);
}

int main(void)
{
    static char line[1 << 20];
    struct arena arena;
    struct buf out;

    arena_init(&arena, 16 << 20);
    buf_init(&out, 16 << 20);
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct err err = {0};
        const struct tree *task = NULL;
        buf_clear(&out);
        arena_reset(&arena);
        if (!tree_read_json(&arena, str_from(line), &task, &err)) {
            return 1;
        }
        answer(tree_text(task, "config"), tree_text(task, "credentials"), &out);
        (void)fwrite(out.p, 1, out.n, stdout);
        (void)fflush(stdout);
    }
    arena_release(&arena);
    buf_release(&out);
    return 0;
}
