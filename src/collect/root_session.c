/* What an account's root user has, asked in a session of root itself that may only look. */
#include <stdio.h>

#include "collect/internal_account.h"

enum { SESSION_S = 300 };

static const struct str root_label = STR_LIT("<root_account>");

static bool ask_as_root(struct account_work *work, struct aws_session *session, struct err *err)
{
    static const enum call_id ids[] = {CALL_ROOT_GET_LOGIN_PROFILE, CALL_ROOT_LIST_MFA,
                                       CALL_ROOT_LIST_CERTIFICATES, CALL_ROOT_GET_USER};
    struct gather gather = {&work->asker, &work->keys, "AccessKeyMetadata", "AccessKeyId", NULL};
    struct ask keys = {
        .session = session, .label = root_label, .look = gather_page, .context = &gather};

    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        struct ask ask = {.session = session, .label = root_label};
        if (!asker_ask(&work->asker, &ask, ids[i], NULL, err)) {
            return false;
        }
    }
    work->keys.count = 0;
    if (!asker_ask(&work->asker, &keys, CALL_ROOT_LIST_KEYS, NULL, err)) {
        return false;
    }
    for (size_t i = 0; i < work->keys.count; i++) {
        struct ask used = {.session = session, .subject = work->keys.items[i]};
        if (!asker_ask(&work->asker, &used, CALL_ROOT_GET_KEY_LAST_USED, NULL, err)) {
            return false;
        }
    }
    return true;
}

/* Without a session the report and the summary tell what they can of root. */
static bool session_refused(struct account_work *work, const struct aws_failure *failure,
                            const struct err *why, struct err *err)
{
    const struct ask ask = {.call = call_at(CALL_ASSUME_ROOT), .label = root_label};

    if (failure->fault == HTTP_CANCELLED || http_is_cancelled(work->collector->client->http)) {
        *err = *why;
        return false;
    }
    asker_warn(&work->asker, ask.call->action, failure, why);
    return answers_note(&work->asker.answers, &ask, failure, err);
}

bool work_ask_root(struct account_work *work, struct err *err)
{
    struct collector *collector = work->collector;
    char policy[128], label[32];
    struct root_user root = {.sts = &collector->sts,
                             .account = str_from(work->id),
                             .duration_s = SESSION_S,
                             .patience = &work->patience};
    struct credentials_source *source = NULL;
    const struct credentials *credentials = NULL;
    struct aws_session session;
    struct err why = {0};
    bool ok = false;

    if (work->account->number == collector->management) {
        return true; /* AWS gives no such session of a management account's root */
    }
    (void)snprintf(policy, sizeof policy,
                   "arn:%s:iam::aws:policy/root-task/IAMAuditRootUserCredentials",
                   collector->partition);
    root.task_policy_arn = str_from(policy);
    source = credentials_source_new(root_user_fetch, &root, &collector->client->clock);
    credentials = credentials_acquire(source, &why);
    if (credentials == NULL) {
        ok = session_refused(work, &root.failure, &why, err);
    } else {
        credentials_drop(credentials);
        (void)snprintf(label, sizeof label, "%s-root", work->id);
        aws_session_init(&session, collector->client, source);
        aws_session_label(&session, str_from(label));
        session.patience = &work->patience;
        ok = ask_as_root(work, &session, err);
        work->has_root_session = ok;
        aws_session_release(&session);
    }
    credentials_source_free(source);
    return ok;
}
