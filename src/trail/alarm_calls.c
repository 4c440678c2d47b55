#include "trail/alarm_calls.h"

#include "render/json.h"

enum { BODY_SIZE_MAX = 64 << 10, PAGES_MAX = 1000 };

/* ---- calls ---------------------------------------------------------------------------------- */

enum answered { ANSWERED, REFUSED, ABSENT, FAILED };

/* What AWS refuses, or does not have, is an answer; *err is filled only by FAILED. */
static enum answered ask(struct aws_session *session, const struct aws_call *call,
                         struct aws_answer *answer, struct err *err)
{
    struct aws_failure failure;
    struct err own = {0};

    if (aws_send(session, call, answer, &failure, &own)) {
        return ANSWERED;
    }
    if (failure.class == AWS_SKIP_DENIED) {
        return REFUSED;
    }
    if (failure.class == AWS_SKIP_ABSENT) {
        return ABSENT;
    }
    *err = own;
    return FAILED;
}

/* A call of JSON with at most two texts. */
static enum answered ask_json(struct aws_session *session, enum aws_service service,
                              const char *operation, struct str region, struct str key,
                              struct str value, struct str token, struct aws_answer *answer,
                              struct err *err)
{
    struct buf body;
    struct json_writer json = {.out = &body};
    enum answered answered = FAILED;

    buf_init(&body, BODY_SIZE_MAX);
    json_open(&json, '{');
    json_member_text(&json, key, value);
    if (token.n > 0) {
        json_member_text(&json, STR("nextToken"), token);
    }
    json_close(&json, '}');
    answered = ask(
        session,
        &(struct aws_call){
            .service = service, .operation = operation, .region = region, .body = buf_text(&body)},
        answer, err);
    buf_release(&body);
    return answered;
}

bool alarm_account(struct aws_session *session, struct arena *arena, struct str *account,
                   struct err *err)
{
    struct aws_answer answer = {0};
    struct aws_failure failure;
    bool ok =
        aws_send(session, &(struct aws_call){.service = AWS_STS, .operation = "GetCallerIdentity"},
                 &answer, &failure, err);

    if (ok && !arena_str(arena, tree_text(answer.result, "Account"), account)) {
        ok = err_set(err, ERR_REMOTE, "an answer that is too large");
    }
    aws_answer_release(&answer);
    return ok;
}

/* ---- trails --------------------------------------------------------------------------------- */

static bool collect_trail(struct aws_session *session, struct alarm_state *state,
                          struct alarm_trail *trail, struct err *err)
{
    struct aws_answer answer = {0};
    enum answered answered = ask_json(session, AWS_CLOUDTRAIL, "GetTrailStatus", trail->home_region,
                                      STR("Name"), trail->arn, (struct str){0}, &answer, err);

    if (answered == ANSWERED) {
        alarm_state_trail_status(state, trail, answer.result);
    }
    aws_answer_release(&answer);
    if (answered == FAILED) {
        return false;
    }
    answered = ask_json(session, AWS_CLOUDTRAIL, "GetEventSelectors", trail->home_region,
                        STR("TrailName"), trail->arn, (struct str){0}, &answer, err);
    if (answered == ANSWERED) {
        alarm_state_trail_selectors(trail, answer.result);
    }
    aws_answer_release(&answer);
    return answered != FAILED;
}

static bool collect_trails(struct aws_session *session, struct alarm_state *state, struct err *err)
{
    struct aws_answer answer = {0};
    enum answered answered = ask(session,
                                 &(struct aws_call){.service = AWS_CLOUDTRAIL,
                                                    .operation = "DescribeTrails",
                                                    .region = state->region,
                                                    .body = STR("{\"includeShadowTrails\":true}")},
                                 &answer, err);
    bool ok = answered != FAILED;

    if (answered == ANSWERED) {
        alarm_state_trails(state, answer.result);
    }
    aws_answer_release(&answer);
    for (struct alarm_trail *trail = state->trails; ok && trail != NULL; trail = trail->next) {
        ok = collect_trail(session, state, trail, err);
        if (str_eq(trail->group_account, state->account) && trail->group_name.n > 0) {
            (void)alarm_state_group(state, trail->group_region, trail->group_name);
        }
    }
    return ok;
}

/* ---- pages ---------------------------------------------------------------------------------- */

static bool token_keep(struct buf *token, struct str next)
{
    bool is_new = next.n > 0 && !str_eq(next, buf_text(token));

    buf_clear(token);
    buf_str(token, next);
    return is_new && !token->overflowed;
}

static bool collect_filters(struct aws_session *session, struct alarm_state *state,
                            struct alarm_group *group, struct err *err)
{
    struct buf token;
    enum answered answered = ANSWERED;
    bool has_more = true;

    buf_init(&token, BODY_SIZE_MAX);
    for (unsigned page = 0; has_more && answered == ANSWERED && page < PAGES_MAX; page++) {
        struct aws_answer answer = {0};
        answered = ask_json(session, AWS_LOGS, "DescribeMetricFilters", group->region,
                            STR("logGroupName"), group->name, buf_text(&token), &answer, err);
        if (answered == ANSWERED) {
            alarm_state_filters(state, group, answer.result);
            has_more = token_keep(&token, tree_text(answer.result, "nextToken"));
        }
        aws_answer_release(&answer);
    }
    group->is_gone = answered == ABSENT;
    group->is_known = group->is_gone || (answered == ANSWERED && !has_more);
    buf_release(&token);
    return answered != FAILED;
}

static bool collect_alarms(struct aws_session *session, struct alarm_state *state,
                           struct alarm_region *region, struct err *err)
{
    struct buf token;
    enum answered answered = ANSWERED;
    bool has_more = true;

    buf_init(&token, BODY_SIZE_MAX);
    for (unsigned page = 0; has_more && answered == ANSWERED && page < PAGES_MAX; page++) {
        struct aws_answer answer = {0};
        const struct aws_parameter parameters[] = {{"AlarmTypes.member.1", STR("MetricAlarm")},
                                                   {"MaxRecords", STR("100")},
                                                   {"NextToken", buf_text(&token)}};
        answered = ask(session,
                       &(struct aws_call){.service = AWS_CLOUDWATCH,
                                          .operation = "DescribeAlarms",
                                          .region = region->name,
                                          .parameters = parameters,
                                          .parameter_count = token.n > 0 ? 3 : 2},
                       &answer, err);
        if (answered == ANSWERED) {
            alarm_state_alarms(state, region, answer.result);
            has_more = token_keep(&token, tree_text(answer.result, "NextToken"));
        }
        aws_answer_release(&answer);
    }
    region->is_known = answered == ANSWERED && !has_more;
    buf_release(&token);
    return answered != FAILED;
}

static bool collect_subscriptions(struct aws_session *session, struct alarm_state *state,
                                  struct alarm_topic *topic, struct err *err)
{
    struct buf token;
    enum answered answered = ANSWERED;
    bool has_more = true;

    buf_init(&token, BODY_SIZE_MAX);
    for (unsigned page = 0; has_more && answered == ANSWERED && page < PAGES_MAX; page++) {
        struct aws_answer answer = {0};
        const struct aws_parameter parameters[] = {{"TopicArn", topic->arn},
                                                   {"NextToken", buf_text(&token)}};
        answered = ask(session,
                       &(struct aws_call){.service = AWS_SNS,
                                          .operation = "ListSubscriptionsByTopic",
                                          .region = alarm_arn_part(topic->arn, 3),
                                          .parameters = parameters,
                                          .parameter_count = token.n > 0 ? 2 : 1},
                       &answer, err);
        if (answered == ANSWERED) {
            alarm_state_subscriptions(state, topic, answer.result);
            has_more = token_keep(&token, tree_text(answer.result, "NextToken"));
        }
        aws_answer_release(&answer);
    }
    topic->has_known_subscriptions = answered == ANSWERED && !has_more;
    buf_release(&token);
    return answered != FAILED;
}

static bool collect_topic(struct aws_session *session, struct alarm_state *state,
                          struct alarm_topic *topic, struct err *err)
{
    struct aws_answer answer = {0};
    const struct aws_parameter parameters[] = {{"TopicArn", topic->arn}};
    enum answered answered = ask(session,
                                 &(struct aws_call){.service = AWS_SNS,
                                                    .operation = "GetTopicAttributes",
                                                    .region = alarm_arn_part(topic->arn, 3),
                                                    .parameters = parameters,
                                                    .parameter_count = 1},
                                 &answer, err);

    if (answered == ANSWERED || answered == ABSENT) {
        alarm_state_topic_attributes(state, topic, answered == ANSWERED ? answer.result : NULL);
    }
    aws_answer_release(&answer);
    if (answered == ABSENT || answered == FAILED) {
        return answered == ABSENT;
    }
    return collect_subscriptions(session, state, topic, err);
}

/* ---- what belongs together ------------------------------------------------------------------ */

/* The topics of alarms on metrics that some filter feeds, and the one that a plan would use. */
static void topics_find(struct alarm_state *state, struct str topic)
{
    for (const struct alarm_region *region = state->regions; region != NULL;
         region = region->next) {
        for (const struct alarm_metric_alarm *alarm = region->alarms; alarm != NULL;
             alarm = alarm->next) {
            for (const struct alarm_action *it =
                     alarm_state_feeds(state, region, alarm) ? alarm->actions : NULL;
                 it != NULL; it = it->next) {
                if (alarm_arn_is_topic(it->arn)) {
                    (void)alarm_state_topic(state, it->arn);
                }
            }
        }
        if (topic.n > 0 && !alarm_arn_is_topic(topic)) {
            struct buf arn;
            buf_init(&arn, 1024);
            buf_printf(&arn, "arn:%s:sns:%.*s:%.*s:%.*s", state->partition, STR_ARG(region->name),
                       STR_ARG(state->account), STR_ARG(topic));
            (void)alarm_state_topic(state, buf_text(&arn));
            buf_release(&arn);
        }
    }
    if (alarm_arn_is_topic(topic)) {
        (void)alarm_state_topic(state, topic);
    }
}

bool alarm_collect(struct aws_session *session, struct alarm_state *state, struct str topic,
                   struct err *err)
{
    bool ok = collect_trails(session, state, err);

    for (struct alarm_group *group = state->groups; ok && group != NULL; group = group->next) {
        ok = collect_filters(session, state, group, err);
        (void)alarm_state_region(state, group->region);
    }
    for (struct alarm_region *it = state->regions; ok && it != NULL; it = it->next) {
        ok = collect_alarms(session, state, it, err);
    }
    topics_find(state, topic);
    for (struct alarm_topic *it = state->topics; ok && it != NULL; it = it->next) {
        ok = collect_topic(session, state, it, err);
    }
    if (ok && state->is_full) {
        return err_set(err, ERR_REMOTE, "the account has more alarms than fit into memory");
    }
    return ok;
}
