#include "trail/alarm_calls.h"

#include <assert.h>

#include "aws/service.h"
#include "model/arn.h"
#include "render/json.h"

enum { BODY_SIZE_MAX = 64 << 10, PAGES_MAX = 1000, PARAMETERS_MAX = 3 };

/* ---- calls ---------------------------------------------------------------------------------- */

enum answered { ANSWERED, REFUSED, ABSENT, FAILED };

static void body_write(struct buf *out, const struct aws_call *call)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    for (size_t i = 0; i < call->parameter_count; i++) {
        json_member_text(&json, str_from(call->parameters[i].name), call->parameters[i].value);
    }
    json_close(&json, '}');
}

/* Parameters are texts; a service that speaks JSON gets them as its body, unless the call has one.
 * What AWS refuses, or does not have, is an answer; *err is filled only by FAILED. */
static enum answered ask(struct aws_session *session, const struct aws_call *call,
                         struct aws_answer *answer, struct err *err)
{
    struct aws_failure failure;
    struct aws_call sent = *call;
    struct err own = {0};
    struct buf body;
    bool ok = false;

    buf_init(&body, BODY_SIZE_MAX);
    if (aws_service_info(call->service)->protocol == AWS_JSON && call->body.n == 0) {
        body_write(&body, call);
        sent.body = buf_text(&body);
        sent.parameter_count = 0;
    }
    ok = aws_send(session, &sent, answer, &failure, &own);
    buf_release(&body);
    if (ok) {
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

/* ---- pages ---------------------------------------------------------------------------------- */

/* A list that comes in pages: the call without its parameters, these, and the name of the token as
 * parameter and as member. The rest begins as zero. */
struct pages {
    struct aws_call call;
    struct aws_parameter parameters[PARAMETERS_MAX];
    size_t parameter_count;
    const char *token_name;
    struct buf token;
    struct aws_answer answer; /* the page at hand */
    enum answered answered;
    unsigned count;
    bool is_over;
};

static bool token_keep(struct buf *token, struct str next)
{
    bool is_new = next.n > 0 && !str_eq(next, buf_text(token));

    buf_clear(token);
    buf_str(token, next);
    return is_new && !token->overflowed;
}

static bool pages_next(struct pages *pages, struct aws_session *session, struct err *err)
{
    struct aws_call call = pages->call;

    aws_answer_release(&pages->answer);
    if (pages->count == 0) {
        buf_init(&pages->token, BODY_SIZE_MAX);
    }
    if (pages->is_over || pages->answered != ANSWERED || pages->count++ == PAGES_MAX) {
        return false;
    }
    call.parameters = pages->parameters;
    call.parameter_count = pages->parameter_count;
    if (pages->token.n > 0) {
        assert(call.parameter_count < PARAMETERS_MAX);
        pages->parameters[call.parameter_count++] =
            (struct aws_parameter){pages->token_name, buf_text(&pages->token)};
    }
    pages->answered = ask(session, &call, &pages->answer, err);
    if (pages->answered == ANSWERED) {
        pages->is_over =
            !token_keep(&pages->token, tree_text(pages->answer.result, pages->token_name));
    }
    return pages->answered == ANSWERED;
}

/* Returns whether every page came. */
static bool pages_end(struct pages *pages)
{
    aws_answer_release(&pages->answer);
    buf_release(&pages->token);
    return pages->answered == ANSWERED && pages->is_over;
}

/* ---- who asks ------------------------------------------------------------------------------- */

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
    const struct aws_parameter status = {"Name", trail->arn}, selectors = {"TrailName", trail->arn};
    struct aws_call call = {.service = AWS_CLOUDTRAIL,
                            .operation = "GetTrailStatus",
                            .region = trail->home_region,
                            .parameters = &status,
                            .parameter_count = 1};
    struct aws_answer answer = {0};
    enum answered answered = ask(session, &call, &answer, err);

    if (answered == ANSWERED) {
        alarm_state_trail_status(state, trail, answer.result);
    }
    aws_answer_release(&answer);
    if (answered == FAILED) {
        return false;
    }
    call.operation = "GetEventSelectors";
    call.parameters = &selectors;
    answered = ask(session, &call, &answer, err);
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

/* ---- lists ---------------------------------------------------------------------------------- */

static bool collect_filters(struct aws_session *session, struct alarm_state *state,
                            struct alarm_group *group, struct err *err)
{
    struct pages pages = {.call = {.service = AWS_LOGS,
                                   .operation = "DescribeMetricFilters",
                                   .region = group->region},
                          .parameters = {{"logGroupName", group->name}},
                          .parameter_count = 1,
                          .token_name = "nextToken"};

    while (pages_next(&pages, session, err)) {
        alarm_state_filters(state, group, pages.answer.result);
    }
    group->is_gone = pages.answered == ABSENT;
    group->is_known = pages_end(&pages) || group->is_gone;
    return pages.answered != FAILED;
}

static bool collect_alarms(struct aws_session *session, struct alarm_state *state,
                           struct alarm_region *region, struct err *err)
{
    struct pages pages = {
        .call = {.service = AWS_CLOUDWATCH, .operation = "DescribeAlarms", .region = region->name},
        .parameters = {{"AlarmTypes.member.1", STR("MetricAlarm")}, {"MaxRecords", STR("100")}},
        .parameter_count = 2,
        .token_name = "NextToken"};

    while (pages_next(&pages, session, err)) {
        alarm_state_alarms(state, region, pages.answer.result);
    }
    region->is_known = pages_end(&pages);
    return pages.answered != FAILED;
}

static bool collect_subscriptions(struct aws_session *session, struct alarm_state *state,
                                  struct alarm_topic *topic, struct err *err)
{
    struct pages pages = {.call = {.service = AWS_SNS,
                                   .operation = "ListSubscriptionsByTopic",
                                   .region = arn_part(topic->arn, ARN_REGION)},
                          .parameters = {{"TopicArn", topic->arn}},
                          .parameter_count = 1,
                          .token_name = "NextToken"};

    while (pages_next(&pages, session, err)) {
        alarm_state_subscriptions(state, topic, pages.answer.result);
    }
    topic->has_known_subscriptions = pages_end(&pages);
    return pages.answered != FAILED;
}

static bool collect_topic(struct aws_session *session, struct alarm_state *state,
                          struct alarm_topic *topic, struct err *err)
{
    struct aws_answer answer = {0};
    const struct aws_parameter parameters[] = {{"TopicArn", topic->arn}};
    enum answered answered = ask(session,
                                 &(struct aws_call){.service = AWS_SNS,
                                                    .operation = "GetTopicAttributes",
                                                    .region = arn_part(topic->arn, ARN_REGION),
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
