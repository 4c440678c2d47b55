#include "aws/internal_provider.h"
#include "aws/shell_words.h"
#include "os/process.h"

enum { OUTPUT_SIZE_MAX = 64 << 10, TIMEOUT_MS = 5 * 60 * 1000 };

bool provider_read_json(struct str text, const char *token, struct credentials *out,
                        struct err *err)
{
    struct arena arena;
    const struct tree *tree = NULL;
    struct err why = {0};
    bool ok = false;

    arena_init(&arena, 1 << 20);
    if (!tree_read_json(&arena, text, &tree, &why)) {
        (void)err_set(err, ERR_INPUT, "not the JSON of credentials: %s", why.text);
        goto cleanup;
    }
    const struct tree *expiry = tree_find(tree, "Expiration");
    if (expiry != NULL && !credentials_time_parse(expiry->text, &out->expires_at)) {
        (void)err_set(err, ERR_INPUT, "an Expiration that is no time");
        goto cleanup;
    }
    ok = credentials_set(out, tree_text(tree, "AccessKeyId"), tree_text(tree, "SecretAccessKey"),
                         tree_text(tree, token), err);
cleanup:
    arena_wipe(&arena);
    return ok;
}

static bool has_version_1(struct str text)
{
    struct arena arena;
    const struct tree *tree = NULL;
    struct err ignored = {0};
    bool ok = false;

    arena_init(&arena, 1 << 20);
    ok = !tree_read_json(&arena, text, &tree, &ignored) ||
         str_eq(tree_text(tree, "Version"), STR("1"));
    arena_wipe(&arena);
    return ok;
}

static bool run(struct arena *arena, struct str line, struct credentials *out, struct err *err)
{
    struct str *words = NULL;
    struct buf printed;
    size_t count = 0;
    bool ok = false;

    buf_init(&printed, OUTPUT_SIZE_MAX + 1);
    if (shell_words(arena, line, &words, &count, err) &&
        buf_reserve(&printed, OUTPUT_SIZE_MAX) != NULL &&
        process_read(words, count, TIMEOUT_MS, &printed, err)) {
        ok = has_version_1(buf_text(&printed))
                 ? provider_read_json(buf_text(&printed), "SessionToken", out, err)
                 : err_set(err, ERR_INPUT, "it does not print version 1 of credentials");
    }
    secret_wipe_buf(&printed);
    return ok;
}

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, context->profile);
    const struct tree *line = tree_find(profile, "credential_process");
    struct arena arena;
    bool ok = false;

    if (line == NULL) {
        return PROVIDER_NONE;
    }
    arena_init(&arena, 1 << 20);
    ok = run(&arena, line->text, out, err);
    if (!ok) {
        err_hint(err, "that is the credential_process of profile '%.*s'",
                 STR_ARG(context->profile));
    }
    arena_wipe(&arena);
    return provider_found_if(ok);
}

const struct provider provider_process = {"custom-process", fetch};
