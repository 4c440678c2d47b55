/* The calls about an account, but for its report and its root user. */
#include "collect/internal_account.h"

#include "model/arn.h"

bool work_ask(struct account_work *work, struct ask *ask, enum call_id id, enum ask_end *end,
              struct err *err)
{
    ask->session = &work->session;
    return asker_ask(&work->asker, ask, id, end, err);
}

static bool is_active(const struct tree *key)
{
    return str_eq(tree_text(key, "Status"), STR("Active"));
}

static bool is_enabled(const struct tree *region)
{
    struct str status = tree_text(region, "RegionOptStatus");

    return str_eq(status, STR("ENABLED")) || str_eq(status, STR("ENABLED_BY_DEFAULT"));
}

/* Topics stand in a list within a list, beside other things that alarms can do. */
static bool alarms_look(void *context, const struct tree *result, struct err *err)
{
    struct account_work *work = context;

    for (const struct tree *alarm = tree_first(result, "MetricAlarms"); alarm != NULL;
         alarm = alarm->next) {
        for (const struct tree *action = tree_first(alarm, "AlarmActions"); action != NULL;
             action = action->next) {
            if (str_eq(arn_part(action->text, ARN_SERVICE), STR("sns")) &&
                !gathered_add(&work->topics, &work->asker.arena, action->text)) {
                return err_set(err, ERR_REMOTE, "the account has too many alarms");
            }
        }
    }
    return true;
}

/* ---- Calls that need no report -------------------------------------------------------------- */

static bool is_asked(const struct account_work *work, enum call_id id)
{
    return call_is_asked(call_at(id), work->collector->parts);
}

static bool ask_names(struct account_work *work, enum call_id id, struct gather gather,
                      bool *is_known, struct err *err)
{
    enum ask_end end = ASK_FAILED;
    struct ask ask = {.look = gather_page, .context = &gather};

    gather.asker = &work->asker;
    if (!is_asked(work, id)) {
        return true;
    }
    if (!work_ask(work, &ask, id, &end, err)) {
        return false;
    }
    *is_known = end == ASK_GIVEN;
    return true;
}

/* The plain calls of a list, as far as they are asked for. */
static bool ask_all(struct account_work *work, const enum call_id *ids, size_t count,
                    struct str region, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct ask ask = {.region = region};
        if (is_asked(work, ids[i]) && !work_ask(work, &ask, ids[i], NULL, err)) {
            return false;
        }
    }
    return true;
}

static bool ask_trails(struct account_work *work, struct str region, struct err *err)
{
    struct gather trails = {&work->asker, &work->trails, "trailList", "TrailARN", NULL};
    struct ask trails_ask = {.region = region, .look = gather_page, .context = &trails};
    struct ask alarms_ask = {.region = region, .look = alarms_look, .context = work};

    return !is_asked(work, CALL_DESCRIBE_TRAILS) ||
           (work_ask(work, &trails_ask, CALL_DESCRIBE_TRAILS, NULL, err) &&
            work_ask(work, &alarms_ask, CALL_DESCRIBE_ALARMS, NULL, err));
}

/* Regions are told by EC2 and by the account service, which has its own permission: each tells of
 * those for which it was asked and, where it may not be asked, the other does. */
static bool ask_regions(struct account_work *work, struct err *err)
{
    static const enum call_id of_ec2[] = {CALL_DESCRIBE_INSTANCES, CALL_DESCRIBE_DATABASES,
                                          CALL_DESCRIBE_METRIC_FILTERS};
    static const enum call_id of_account[] = {CALL_LIST_ANALYZERS, CALL_LIST_IDENTITY_CENTERS};
    const struct gathered *listed =
        work->has_listed_regions ? &work->listed_regions : &work->regions;
    const struct gathered *described = work->has_regions ? &work->regions : &work->listed_regions;
    bool ok = true;

    for (size_t i = 0; ok && i < described->count; i++) {
        ok = ask_all(work, of_ec2, sizeof of_ec2 / sizeof *of_ec2, described->items[i], err) &&
             ask_trails(work, described->items[i], err);
    }
    for (size_t i = 0; ok && i < listed->count; i++) {
        ok = ask_all(work, of_account, sizeof of_account / sizeof *of_account, listed->items[i],
                     err);
    }
    return ok;
}

/* What was found in regions, one by one. */
static bool ask_found(struct account_work *work, const struct gathered *found, enum call_id id,
                      struct err *err)
{
    for (size_t i = 0; i < found->count; i++) {
        struct ask ask = {.region = arn_part(found->items[i], ARN_REGION),
                          .subject = found->items[i]};
        if (!work_ask(work, &ask, id, NULL, err)) {
            return false;
        }
    }
    return true;
}

static bool ask_plain(struct account_work *work, struct err *err)
{
    static const enum call_id ids[] = {CALL_GET_AUTHORIZATION_DETAILS,
                                       CALL_GET_SUMMARY,
                                       CALL_GET_PASSWORD_POLICY,
                                       CALL_LIST_SERVICE_CREDENTIALS,
                                       CALL_LIST_BUCKETS,
                                       CALL_LIST_TRAILS,
                                       CALL_GET_CONTACT,
                                       CALL_GET_SECURITY_CONTACT,
                                       CALL_LIST_SAML_PROVIDERS,
                                       CALL_LIST_SERVER_CERTIFICATES};

    return ask_all(work, ids, sizeof ids / sizeof *ids, STR(""), err);
}

bool work_ask_account(struct account_work *work, struct err *err)
{
    return ask_plain(work, err) &&
           ask_names(work, CALL_LIST_VIRTUAL_MFA,
                     (struct gather){.to = &work->virtual_users,
                                     .list = "VirtualMFADevices",
                                     .field = "User.UserName"},
                     &work->has_virtual_users, err) &&
           ask_names(
               work, CALL_DESCRIBE_REGIONS,
               (struct gather){.to = &work->regions, .list = "regionInfo", .field = "regionName"},
               &work->has_regions, err) &&
           ask_names(work, CALL_LIST_REGIONS,
                     (struct gather){.to = &work->listed_regions,
                                     .list = "Regions",
                                     .field = "RegionName",
                                     .takes = is_enabled},
                     &work->has_listed_regions, err) &&
           ask_regions(work, err) && ask_found(work, &work->trails, CALL_GET_TRAIL_STATUS, err) &&
           ask_found(work, &work->topics, CALL_LIST_SUBSCRIPTIONS, err) &&
           (!is_asked(work, CALL_ASSUME_ROOT) || work_ask_root(work, err));
}

/* ---- Calls about users ---------------------------------------------------------------------- */

static bool ask_keys(struct account_work *work, const struct report_user *user, struct err *err)
{
    struct gather gather = {&work->asker, &work->keys, "AccessKeyMetadata", "AccessKeyId",
                            is_active};
    struct ask ask = {.subject = user->name, .look = gather_page, .context = &gather};

    work->keys.count = 0;
    if (!work_ask(work, &ask, CALL_LIST_KEYS, NULL, err)) {
        return false;
    }
    for (size_t i = 0; i < work->keys.count && is_asked(work, CALL_GET_KEY_LAST_USED); i++) {
        struct ask used = {.subject = work->keys.items[i]};
        if (!work_ask(work, &used, CALL_GET_KEY_LAST_USED, NULL, err)) {
            return false;
        }
    }
    return true;
}

static bool ask_user(struct account_work *work, const struct report_user *user, struct err *err)
{
    bool is_live = is_asked(work, CALL_GET_KEY_LAST_USED) && user->has_active_key;
    struct ask mfa = {.subject = user->name}, ssh = {.subject = user->name};

    /* Where virtual devices could not be listed nobody knows who has another kind, and asking for
     * every user is no answer to that. */
    if (work->has_virtual_users && user->has_mfa &&
        !gathered_have(&work->virtual_users, user->name) &&
        !work_ask(work, &mfa, CALL_LIST_MFA, NULL, err)) {
        return false;
    }
    return (!(is_live || user->has_more_keys) || ask_keys(work, user, err)) &&
           (!is_asked(work, CALL_LIST_SSH_KEYS) ||
            work_ask(work, &ssh, CALL_LIST_SSH_KEYS, NULL, err));
}

bool work_ask_users(struct account_work *work, struct err *err)
{
    struct report_users users = {0};

    if (!report_users_read(&work->asker.arena, buf_text(&work->report), &users, err)) {
        return false;
    }
    for (size_t i = 0; i < users.count; i++) {
        if (!users.items[i].is_root && !ask_user(work, &users.items[i], err)) {
            return false;
        }
    }
    return true;
}
