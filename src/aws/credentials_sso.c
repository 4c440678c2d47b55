/* IAM Identity Center: the token that `aws sso login` left behind, for credentials of a role. */
#include <stdio.h>

#include "aws/internal_provider.h"
#include "base/instant.h"
#include "crypto/sha1.h"
#include "os/file.h"
#include "render/json.h"

enum { CACHE_SIZE_MAX = 64 << 10, REFRESH_S = 15 * 60 };

struct sso {
    struct arena arena; /* what was read of the cache: tokens, so it is wiped */
    struct str session; /* name of the sso-session; empty: the old way, all in the profile */
    struct str start_url, region, account, role;
    struct str path; /* of the cached token */
    const struct tree *token;
    int64_t expires_at;
};

/* ---- Configuration ---- */

static bool missing(const char *key, const struct provider_context *context, struct err *err)
{
    return err_set(err, ERR_INPUT, "profile '%.*s' has no %s, which signing in needs",
                   STR_ARG(context->profile), key);
}

/* A key of the profile or of its sso-session, which must not contradict each other. */
static bool take(const struct provider_context *context, const struct tree *session,
                 const char *key, struct str *out, struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, context->profile);
    const struct tree *own = tree_find(profile, key), *shared = tree_find(session, key);

    if (own == NULL && shared == NULL) {
        return missing(key, context, err);
    }
    *out = shared != NULL ? shared->text : own->text;
    return true;
}

static bool check_same(const struct provider_context *context, const struct tree *session,
                       struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, context->profile);

    for (const struct tree *at = session->first; at != NULL; at = at->next) {
        const struct tree *own = profile->first;
        while (own != NULL && !str_eq(own->name, at->name)) {
            own = own->next;
        }
        if (own != NULL && (!str_eq(own->text, at->text) || own->first != at->first)) {
            return err_set(err, ERR_INPUT, "profile '%.*s' and its sso-session differ in %.*s",
                           STR_ARG(context->profile), STR_ARG(at->name));
        }
    }
    return true;
}

static bool configure(const struct provider_context *context, struct sso *sso, struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, context->profile);
    const struct tree *name = tree_find(profile, "sso_session"), *session = NULL;

    if (name != NULL) {
        session = profiles_find_sso_session(context->profiles, name->text);
        if (session == NULL) {
            return err_set(err, ERR_INPUT, "there is no sso-session '%.*s'", STR_ARG(name->text));
        }
        if (!check_same(context, session, err)) {
            return false;
        }
        sso->session = name->text;
    }
    return take(context, session, "sso_role_name", &sso->role, err) &&
           take(context, session, "sso_account_id", &sso->account, err) &&
           take(context, session, "sso_start_url", &sso->start_url, err) &&
           take(context, session, "sso_region", &sso->region, err);
}

/* ---- The cached token ---- */

static bool token_read(struct sso *sso, struct err *err)
{
    char hex[SHA1_HEX_SIZE + 1], path[128];
    struct buf text;
    struct err why = {0};
    bool ok = false;

    sha1_hex(sso->session.n > 0 ? sso->session : sso->start_url, hex);
    (void)snprintf(path, sizeof path, "~/.aws/sso/cache/%s.json", hex);
    buf_init(&text, CACHE_SIZE_MAX + 1);
    ok = home_path(&sso->arena, str_from(path), &sso->path, &why) &&
         buf_reserve(&text, CACHE_SIZE_MAX) != NULL &&
         file_read_all(sso->path, CACHE_SIZE_MAX, &text, &why) &&
         tree_read_json(&sso->arena, buf_text(&text), &sso->token, &why) &&
         tree_text(sso->token, "accessToken").n > 0 &&
         credentials_time_parse(tree_text(sso->token, "expiresAt"), &sso->expires_at);
    secret_wipe_buf(&text);
    return ok || err_set(err, ERR_INPUT, "not signed in to %.*s", STR_ARG(sso->start_url));
}

static void pair(struct json_writer *json, const char *key, struct str text)
{
    if (text.n > 0) {
        json_key(json, str_from(key));
        json_text(json, text);
    }
}

/* Leaves the new token where AWS's tools look for it; the file keeps its mode. That it cannot be
 * written costs the next run another refresh, no more. */
static void token_write(const struct sso *sso, struct str access, struct str refresh,
                        int64_t expires_at)
{
    static const char *const kept[] = {"clientId", "clientSecret", "registrationExpiresAt"};
    struct buf text, time;
    struct json_writer json = {.out = &text};
    struct file_out file;
    struct err ignored = {0};

    buf_init(&text, CACHE_SIZE_MAX + 1);
    buf_init(&time, 64);
    (void)buf_reserve(&text, CACHE_SIZE_MAX);
    instant_write(&time, expires_at);
    json_open(&json, '{');
    pair(&json, "startUrl", sso->start_url);
    pair(&json, "region", sso->region);
    pair(&json, "accessToken", access);
    pair(&json, "expiresAt", buf_text(&time));
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        pair(&json, kept[i], tree_text(sso->token, kept[i]));
    }
    pair(&json, "refreshToken", refresh);
    json_close(&json, '}');
    if (!text.overflowed && file_out_open(&file, sso->path, &ignored)) {
        (void)(file_out_write(&file, buf_text(&text), &ignored) &&
               file_out_commit(&file, &ignored));
        file_out_abandon(&file);
    }
    secret_wipe_buf(&text);
    buf_release(&time);
}

/* Puts the fields of the answer in place of those of the cache. */
static bool token_take(struct sso *sso, const struct tree *answer, int64_t now)
{
    struct tree *token = arena_array(&sso->arena, 1, sizeof *token);
    struct tree *access = arena_array(&sso->arena, 1, sizeof *access);
    uint64_t seconds = 0;

    if (token == NULL || access == NULL || !str_to_u64(tree_text(answer, "expiresIn"), &seconds) ||
        seconds > UINT32_MAX || tree_text(answer, "accessToken").n == 0 ||
        !arena_str(&sso->arena, tree_text(answer, "accessToken"), &access->text)) {
        return false;
    }
    sso->expires_at = now + (int64_t)seconds;
    token_write(sso, access->text, tree_text(answer, "refreshToken"), sso->expires_at);
    access->name = STR("accessToken");
    access->next = sso->token->first;
    token->first = access;
    sso->token = token;
    return true;
}

/* True when there is a newer token now. */
static bool token_refresh(struct provider_context *context, struct sso *sso)
{
    static const char *const needed[] = {"clientId", "clientSecret", "refreshToken"};
    const struct net_clock *clock = &context->client->clock;
    struct aws_session session;
    struct aws_answer answer = {0};
    struct aws_failure failure;
    struct err ignored = {0};
    struct buf body;
    struct json_writer json = {.out = &body};
    int64_t registered_until = 0, now = clock->now(clock->context);
    bool ok =
        credentials_time_parse(tree_text(sso->token, "registrationExpiresAt"), &registered_until) &&
        registered_until > now;

    buf_init(&body, CACHE_SIZE_MAX + 1);
    (void)buf_reserve(&body, CACHE_SIZE_MAX);
    json_open(&json, '{');
    pair(&json, "grantType", STR("refresh_token"));
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        struct str text = tree_text(sso->token, needed[i]);
        ok = ok && text.n > 0;
        pair(&json, needed[i], text);
    }
    json_close(&json, '}');
    aws_session_init(&session, context->client, NULL);
    if (ok) {
        const struct aws_call call = {.service = AWS_SSO_OIDC,
                                      .operation = "CreateToken",
                                      .region = sso->region,
                                      .method = "POST",
                                      .path = "/token",
                                      .body = buf_text(&body),
                                      .is_secret = true};
        ok = aws_send(&session, &call, &answer, &failure, &ignored) &&
             token_take(sso, answer.result, now);
    }
    aws_answer_release(&answer);
    aws_session_release(&session);
    secret_wipe_buf(&body);
    return ok;
}

/* ---- Credentials ---- */

static bool keys_take(const struct tree *keys, struct credentials *out, struct err *err)
{
    int64_t milliseconds = 0;

    if (!str_to_i64(tree_text(keys, "expiration"), &milliseconds)) {
        return err_set(err, ERR_REMOTE, "sso GetRoleCredentials: an answer without an expiration");
    }
    out->expires_at = milliseconds / 1000;
    return credentials_set(out, tree_text(keys, "accessKeyId"), tree_text(keys, "secretAccessKey"),
                           tree_text(keys, "sessionToken"), err);
}

static bool keys_fetch(struct provider_context *context, const struct sso *sso,
                       struct credentials *out, struct err *err)
{
    const struct aws_parameter parameters[] = {{"role_name", sso->role},
                                               {"account_id", sso->account}};
    const struct aws_call call = {.service = AWS_SSO,
                                  .operation = "GetRoleCredentials",
                                  .region = sso->region,
                                  .method = "GET",
                                  .path = "/federation/credentials",
                                  .parameters = parameters,
                                  .parameter_count = 2,
                                  .bearer = tree_text(sso->token, "accessToken"),
                                  .is_secret = true};
    struct aws_session session;
    struct aws_answer answer = {0};
    struct aws_failure failure;
    bool ok = false;

    aws_session_init(&session, context->client, NULL);
    ok = aws_send(&session, &call, &answer, &failure, err) &&
         keys_take(tree_find(answer.result, "roleCredentials"), out, err);
    aws_answer_release(&answer);
    aws_session_release(&session);
    return ok;
}

static bool sign_in(struct provider_context *context, struct sso *sso, struct credentials *out,
                    struct err *err)
{
    const struct net_clock *clock = &context->client->clock;
    int64_t left = 0;

    if (!configure(context, sso, err) || !token_read(sso, err)) {
        return false;
    }
    left = sso->expires_at - clock->now(clock->context);
    if (sso->session.n > 0 && left < REFRESH_S && token_refresh(context, sso)) {
        left = REFRESH_S;
    }
    if (left <= 0) {
        return err_set(err, ERR_INPUT, "the sign-in to %.*s is over", STR_ARG(sso->start_url));
    }
    return keys_fetch(context, sso, out, err);
}

static enum provider_found fetch(struct provider_context *context, struct credentials *out,
                                 struct err *err)
{
    const struct tree *profile = profiles_find(context->profiles, context->profile);
    struct sso sso = {0};
    bool ok = false;

    if (tree_find(profile, "sso_role_name") == NULL &&
        tree_find(profile, "sso_account_id") == NULL) {
        return PROVIDER_NONE;
    }
    arena_init(&sso.arena, 1 << 20);
    ok = sign_in(context, &sso, out, err);
    if (!ok) {
        err_hint(err, "sign in with `aws sso login --profile %.*s`", STR_ARG(context->profile));
    }
    arena_wipe(&sso.arena);
    return provider_found_if(ok);
}

const struct provider provider_sso = {"sso", fetch};
