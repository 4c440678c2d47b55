#include "trail/alarm_check.h"

#include "model/arn.h"
#include "rule/event.h"
#include "rule/filter_pattern.h"

enum { TEXT_SIZE_MAX = 4096, NAMES_SHOWN = 3, HOUR_S = 3600 };

struct str alarm_level_name(enum alarm_level level)
{
    static const struct str names[] = {STR_LIT("pass"), STR_LIT("note"), STR_LIT("unknown"),
                                       STR_LIT("fail")};

    return names[level];
}

/* ---- findings ------------------------------------------------------------------------------- */

struct checker {
    struct arena *arena;
    const struct alarm_state *state;
    struct alarm_report *report;
    const struct alarm_samples *samples; /* of the kind at hand */
    bool is_full;
};

static struct str text_keep(struct checker *checker, const struct buf *text)
{
    struct str kept = {0};

    checker->is_full |= text->overflowed || !arena_str(checker->arena, buf_text(text), &kept);
    return kept;
}

/* `what` and `remedy` are buffers that this clears. */
static void finding_add(struct checker *checker, struct alarm_findings *to, enum alarm_level level,
                        struct buf *what, struct buf *remedy)
{
    if (to->count < ALARM_FINDINGS_MAX) {
        to->list[to->count++] =
            (struct alarm_finding){level, text_keep(checker, what), text_keep(checker, remedy)};
    }
    to->level = level > to->level ? level : to->level;
    buf_release(what);
    buf_release(remedy);
}

/* In each text an '@' may stand for the subject. */
static void tell(struct checker *checker, struct alarm_findings *to, enum alarm_level level,
                 const char *what, const char *remedy, struct str subject)
{
    struct buf texts[2];
    const char *const formats[2] = {what, remedy};

    for (size_t i = 0; i < 2; i++) {
        struct str rest = str_from(formats[i]), head;
        buf_init(&texts[i], TEXT_SIZE_MAX);
        bool has_more = str_cut(&rest, '@', &head);
        buf_str(&texts[i], head);
        if (has_more) {
            buf_str(&texts[i], subject);
            buf_str(&texts[i], rest);
        }
    }
    finding_add(checker, to, level, &texts[0], &texts[1]);
}

static enum alarm_level worst(enum alarm_level a, enum alarm_level b)
{
    return a > b ? a : b;
}

/* ---- the trail ------------------------------------------------------------------------------ */

static void tell_truth(struct checker *checker, struct alarm_findings *to, enum truth truth,
                       const char *broken, const char *remedy, const char *unknown,
                       struct str subject)
{
    if (truth == TRUTH_FALSE) {
        tell(checker, to, ALARM_BROKEN, broken, remedy, subject);
    } else if (truth == TRUTH_UNKNOWN) {
        tell(checker, to, ALARM_UNKNOWN, unknown, "", subject);
    }
}

static void trail_group_check(struct checker *checker, const struct alarm_trail *trail,
                              struct alarm_findings *to)
{
    const struct alarm_group *group = alarm_state_find_group(checker->state, trail);

    if (trail->group_arn.n == 0) {
        tell(checker, to, ALARM_BROKEN, "the trail sends its events to no log group",
             "aws cloudtrail update-trail --name @ --cloud-watch-logs-log-group-arn ARN "
             "--cloud-watch-logs-role-arn ARN",
             trail->arn);
    } else if (!str_eq(trail->group_account, checker->state->account)) {
        tell(checker, to, ALARM_UNKNOWN, "the log group of the trail is in account @",
             "look there, with credentials of that account", trail->group_account);
    } else if (group == NULL || !group->is_known) {
        tell(checker, to, ALARM_UNKNOWN, "the metric filters of @ could not be read",
             "allow logs:DescribeMetricFilters", trail->group_name);
    } else if (group->is_gone) {
        tell(checker, to, ALARM_BROKEN, "the log group @ is gone",
             "make it again, or give the trail another", trail->group_name);
    }
    if (trail->delivery_error.n > 0) {
        tell(checker, to, ALARM_BROKEN, "CloudTrail cannot write to its log group: @",
             "allow the trail's role logs:CreateLogStream and logs:PutLogEvents on the group",
             trail->delivery_error);
    }
}

static void trail_check(struct checker *checker, const struct alarm_trail *trail,
                        struct alarm_findings *to)
{
    *to = (struct alarm_findings){0};
    tell_truth(checker, to, trail->is_multi_region, "the trail records one region only",
               "aws cloudtrail update-trail --name @ --is-multi-region-trail",
               "it is not known whether the trail records all regions", trail->arn);
    tell_truth(checker, to, trail->is_logging, "the trail is stopped",
               "aws cloudtrail start-logging --name @",
               "it is not known whether the trail is running (cloudtrail:GetTrailStatus)",
               trail->arn);
    tell_truth(checker, to, trail->has_global_events,
               "the trail leaves out global services, sign-ins and IAM among them",
               "aws cloudtrail update-trail --name @ --include-global-service-events",
               "it is not known whether the trail records global services", trail->arn);
    tell_truth(checker, to, trail->has_management_events, "the trail leaves out management events",
               "aws cloudtrail put-event-selectors --trail-name @ --event-selectors "
               "'[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true}]'",
               "it is not known which events the trail records (cloudtrail:GetEventSelectors)",
               trail->arn);
    trail_group_check(checker, trail, to);
}

/* Less is better: the worst finding, how many, and an organization's before an account's own. */
static unsigned trail_rank(const struct alarm_findings *findings, const struct alarm_trail *trail)
{
    unsigned bad = 0;

    for (size_t i = 0; i < findings->count; i++) {
        bad += findings->list[i].level == ALARM_BROKEN;
    }
    return (unsigned)findings->level * 1000 + bad * 50 + (unsigned)findings->count * 2 +
           (trail->is_organization != TRUTH_TRUE);
}

static bool trail_choose(struct checker *checker, const struct alarm_selection *selection,
                         struct err *err)
{
    const struct alarm_state *state = checker->state;
    struct alarm_report *report = checker->report;
    struct alarm_findings findings;
    unsigned best = 0;

    for (const struct alarm_trail *trail = state->trails; trail != NULL; trail = trail->next) {
        if (selection->trail.n > 0 && !str_eq(selection->trail, trail->name) &&
            !str_eq(selection->trail, trail->arn)) {
            continue;
        }
        trail_check(checker, trail, &findings);
        unsigned rank = trail_rank(&findings, trail);
        if (report->trail == NULL || rank < best) {
            report->trail = trail;
            report->trail_findings = findings;
            best = rank;
        }
    }
    if (report->trail != NULL) {
        report->group = alarm_state_find_group(state, report->trail);
        return true;
    }
    if (selection->trail.n > 0 && state->has_known_trails) {
        return err_set(err, ERR_INPUT, "there is no trail '%.*s' in %.*s",
                       STR_ARG(selection->trail), STR_ARG(state->region));
    }
    tell_truth(checker, &report->trail_findings,
               state->has_known_trails ? TRUTH_FALSE : TRUTH_UNKNOWN, "there is no trail in @",
               "make one of all regions, with a log group: aws cloudtrail create-trail",
               "the trails could not be read (cloudtrail:DescribeTrails)", state->region);
    return true;
}

/* ---- filters -------------------------------------------------------------------------------- */

static void samples_name(struct buf *out, const struct alarm_sample **samples, size_t count)
{
    for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
        buf_printf(out, "%s%.*s", i > 0 ? ", " : "", STR_ARG(samples[i]->title));
    }
    if (count > NAMES_SHOWN) {
        buf_printf(out, " and %zu more", count - NAMES_SHOWN);
    }
}

static void tell_samples(struct checker *checker, struct alarm_findings *to, enum alarm_level level,
                         const struct alarm_filter *filter, const char *verb,
                         const struct alarm_sample **samples, size_t count)
{
    struct buf what, remedy;

    buf_init(&what, TEXT_SIZE_MAX);
    buf_init(&remedy, TEXT_SIZE_MAX);
    buf_printf(&what, "the pattern of filter %.*s %s: ", STR_ARG(filter->name), verb);
    samples_name(&what, samples, count);
    finding_add(checker, to, level, &what, &remedy);
}

/* True when the filter catches most of the kind: then it is its filter, good or bad. */
static bool filter_check(struct checker *checker, const struct alarm_filter *filter,
                         struct alarm_findings *to)
{
    struct alarm_trial trial;
    struct err err = {0};

    *to = (struct alarm_findings){0};
    if (!alarm_try(checker->arena, checker->samples, filter->pattern, &trial, &err) ||
        trial.caught * 2 <= trial.wanted) {
        return false;
    }
    if (trial.rings_always) {
        tell_samples(checker, to, ALARM_BROKEN, filter,
                     "matches ordinary events too, day and night", trial.noise, trial.noise_count);
    } else if (trial.noise_count > 0) {
        tell_samples(checker, to, ALARM_NOISY, filter, "also matches", trial.noise,
                     trial.noise_count);
    }
    if (trial.missed_count > 0) {
        tell_samples(checker, to, ALARM_BROKEN, filter, "misses", trial.missed, trial.missed_count);
    }
    return true;
}

/* ---- metric alarms -------------------------------------------------------------------------- */

static void statistic_check(struct checker *checker, const struct alarm_metric_alarm *alarm,
                            const struct alarm_transformation *metric, struct alarm_findings *to)
{
    bool is_count = str_eq(alarm->statistic, STR("SampleCount"));
    bool is_mean =
        str_eq(alarm->statistic, STR("Average")) || str_eq(alarm->statistic, STR("Minimum"));
    bool is_known = is_count || is_mean || str_eq(alarm->statistic, STR("Sum")) ||
                    str_eq(alarm->statistic, STR("Maximum"));

    if (!is_known) {
        tell(checker, to, ALARM_UNKNOWN, "alarm @ watches a percentile or an expression",
             "use the statistic Sum", alarm->name);
    } else if (metric->has_default && is_mean) {
        tell(checker, to, ALARM_BROKEN,
             "alarm @ watches an average or minimum, which the zeros of quiet minutes pull down",
             "use the statistic Sum", alarm->name);
    } else if (metric->has_default && is_count) {
        tell(checker, to, ALARM_BROKEN, "alarm @ counts samples, and quiet minutes have them too",
             "use the statistic Sum", alarm->name);
    }
}

static void threshold_check(struct checker *checker, const struct alarm_metric_alarm *alarm,
                            const struct alarm_transformation *metric, struct alarm_findings *to)
{
    double threshold = 0, value = 1;
    bool is_or_equal = str_eq(alarm->comparison, STR("GreaterThanOrEqualToThreshold"));
    bool is_known = event_number(alarm->threshold, &threshold);

    /* A value that is taken from the event, $.x, is whatever the event says. */
    if (!str_eq(alarm->statistic, STR("SampleCount")) && event_number(metric->value, &value) &&
        value <= 0) {
        tell(checker, to, ALARM_BROKEN, "the filter publishes nothing that counts: value @",
             "publish the value 1", metric->value);
    } else if (!is_or_equal && !str_eq(alarm->comparison, STR("GreaterThanThreshold"))) {
        tell(checker, to, ALARM_BROKEN, "alarm @ does not ring when the count rises",
             "compare by GreaterThanOrEqualToThreshold", alarm->name);
    } else if (!is_known) {
        tell(checker, to, ALARM_UNKNOWN, "alarm @ has no fixed threshold", "use the threshold 1",
             alarm->name);
    } else if (is_or_equal ? value < threshold : value <= threshold) {
        tell(checker, to, ALARM_BROKEN, "alarm @ stays silent after a single event",
             "use the threshold 1 with GreaterThanOrEqualToThreshold", alarm->name);
    } else if (is_or_equal ? threshold <= 0 : threshold < 0) {
        tell(checker, to, ALARM_BROKEN, "alarm @ rings when nothing happens", "use the threshold 1",
             alarm->name);
    }
}

static void timing_check(struct checker *checker, const struct alarm_metric_alarm *alarm,
                         const struct alarm_transformation *metric, struct alarm_findings *to)
{
    if (alarm->datapoints > 1) {
        tell(checker, to, ALARM_BROKEN,
             "alarm @ waits for several periods with events before it rings",
             "set evaluation periods and datapoints to alarm to 1", alarm->name);
    }
    if (alarm->period_s > HOUR_S) {
        tell(checker, to, ALARM_NOISY, "alarm @ has a period of more than an hour",
             "use a period of 300 seconds", alarm->name);
    }
    if (str_eq(alarm->missing, STR("breaching"))) {
        tell(checker, to, ALARM_BROKEN, "alarm @ rings while nothing happens",
             "treat missing data as notBreaching", alarm->name);
    } else if (str_eq(alarm->missing, STR("ignore")) && !metric->has_default) {
        tell(checker, to, ALARM_BROKEN,
             "alarm @ rings once and never again: without data it stays as it is",
             "treat missing data as notBreaching", alarm->name);
    }
}

/* ---- topics --------------------------------------------------------------------------------- */

static size_t confirmed_count(const struct alarm_topic *topic)
{
    size_t count = 0;

    for (const struct alarm_subscription *it = topic->subscriptions; it != NULL; it = it->next) {
        count += it->is_confirmed;
    }
    return count;
}

/* Whether an alarm can write to it. */
static void topic_check(struct checker *checker, struct str arn, const struct alarm_topic *topic,
                        struct alarm_findings *to)
{
    if (!str_eq(arn_part(arn, ARN_REGION), checker->report->group->region)) {
        tell(checker, to, ALARM_BROKEN, "the topic @ is in another region than the alarm",
             "use a topic of the alarm's region", arn);
    }
    if (topic == NULL || topic->exists == TRUTH_UNKNOWN) {
        tell(checker, to, ALARM_UNKNOWN, "the topic @ could not be looked at",
             "allow sns:GetTopicAttributes", arn);
    } else if (topic->exists == TRUTH_FALSE) {
        tell(checker, to, ALARM_BROKEN, "the topic @ is gone", "make it again, or name another",
             arn);
    } else if (str_ends(topic->key_id, STR("alias/aws/sns"))) {
        tell(checker, to, ALARM_BROKEN,
             "the topic @ is encrypted with the key of SNS itself, which alarms may not use",
             "encrypt it with a key whose policy lets cloudwatch.amazonaws.com use it", arn);
    }
}

static void subscribers_check(struct checker *checker, struct str arn,
                              const struct alarm_topic *topic, struct alarm_findings *to)
{
    if (topic != NULL && topic->exists == TRUTH_FALSE) {
        return;
    }
    if (topic == NULL || !topic->has_known_subscriptions) {
        tell(checker, to, ALARM_UNKNOWN, "it is not known who is subscribed to @",
             "allow sns:ListSubscriptionsByTopic", arn);
    } else if (confirmed_count(topic) == 0 && topic->subscriptions != NULL) {
        tell(checker, to, ALARM_BROKEN, "nobody has confirmed a subscription to @",
             "follow the link in the message that SNS has sent", arn);
    } else if (confirmed_count(topic) == 0) {
        tell(checker, to, ALARM_BROKEN, "nobody is subscribed to @",
             "keywarden trail alarm apply --notify ADDRESS", arn);
    }
}

/* ---- chains --------------------------------------------------------------------------------- */

/* Less is better. */
static unsigned chain_rank(const struct alarm_verdict *chain)
{
    unsigned links = (chain->filter != NULL ? 1U : 0U) + (chain->alarm != NULL ? 1U : 0U) +
                     (chain->topic != NULL ? 1U : 0U);

    return (unsigned)chain->findings.level * 1000 + (unsigned)chain->findings.count * 10 +
           (3 - links);
}

static void findings_join(struct alarm_findings *to, const struct alarm_findings *from)
{
    for (size_t i = 0; i < from->count && to->count < ALARM_FINDINGS_MAX; i++) {
        to->list[to->count++] = from->list[i];
    }
    to->level = worst(to->level, from->level);
}

static void chain_offer(struct alarm_verdict *best, const struct alarm_verdict *chain)
{
    if (best->kind == NULL || chain_rank(chain) < chain_rank(best)) {
        *best = *chain;
    }
}

/* From an alarm on: each of its topics. */
static void topics_try(struct checker *checker, const struct alarm_verdict *chain,
                       struct alarm_verdict *best)
{
    struct alarm_verdict next = *chain;
    size_t topics = 0;

    for (const struct alarm_action *it = chain->alarm->actions; it != NULL; it = it->next) {
        if (alarm_arn_is_topic(it->arn)) {
            struct alarm_findings findings = {0};
            topics++;
            next = *chain;
            next.topic = alarm_state_find_topic(checker->state, it->arn);
            topic_check(checker, it->arn, next.topic, &findings);
            next.topic_is_fit = findings.level != ALARM_BROKEN;
            subscribers_check(checker, it->arn, next.topic, &findings);
            next.topic_level = findings.level;
            next.confirmed = next.topic == NULL ? 0 : confirmed_count(next.topic);
            findings_join(&next.findings, &findings);
            chain_offer(best, &next);
        }
    }
    if (topics == 0) {
        tell(checker, &next.findings, ALARM_BROKEN, "alarm @ tells no topic",
             "give it the topic as an alarm action", chain->alarm->name);
        next.topic_level = ALARM_BROKEN;
        chain_offer(best, &next);
    }
}

/* From a metric on: each alarm on it. */
static void alarms_try(struct checker *checker, const struct alarm_verdict *chain,
                       struct alarm_verdict *best)
{
    const struct alarm_transformation *metric = chain->metric;
    const struct alarm_region *region =
        alarm_state_find_region(checker->state, checker->report->group->region);
    struct alarm_verdict next = *chain;
    bool is_known = region != NULL && region->is_known, is_any = false;

    for (const struct alarm_metric_alarm *it = is_known ? region->alarms : NULL; it != NULL;
         it = it->next) {
        if (!str_eq(it->metric, metric->metric) || !str_eq(it->space, metric->space)) {
            continue;
        }
        struct alarm_findings findings = {0};
        is_any = true;
        next = *chain;
        next.alarm = it;
        statistic_check(checker, it, metric, &findings);
        threshold_check(checker, it, metric, &findings);
        timing_check(checker, it, metric, &findings);
        if (it->has_dimensions != metric->has_dimensions) {
            tell(checker, &findings, ALARM_BROKEN,
                 "alarm @ and its filter do not agree on dimensions: they are different metrics",
                 "use neither in both", it->name);
        }
        if (!it->actions_enabled) {
            tell(checker, &findings, ALARM_BROKEN, "the actions of alarm @ are switched off",
                 "aws cloudwatch enable-alarm-actions --alarm-names @", it->name);
        }
        next.alarm_level = findings.level;
        findings_join(&next.findings, &findings);
        topics_try(checker, &next, best);
    }
    if (!is_any) {
        tell(checker, &next.findings, is_known ? ALARM_BROKEN : ALARM_UNKNOWN,
             is_known ? "there is no alarm on metric @"
                      : "the alarms on metric @ could not be read",
             is_known ? "" : "allow cloudwatch:DescribeAlarms", metric->metric);
        next.alarm_level = next.topic_level = next.findings.level;
        chain_offer(best, &next);
    }
}

static void filter_try(struct checker *checker, const struct alarm_verdict *chain,
                       struct alarm_verdict *best)
{
    struct alarm_verdict next = *chain;

    for (const struct alarm_transformation *it = chain->filter->transformations; it != NULL;
         it = it->next) {
        next.metric = it;
        alarms_try(checker, &next, best);
    }
    if (chain->filter->transformations == NULL) {
        tell(checker, &next.findings, ALARM_BROKEN, "filter @ feeds no metric", "",
             chain->filter->name);
        next.alarm_level = next.topic_level = ALARM_BROKEN;
        chain_offer(best, &next);
    }
}

/* Filters that nobody here can read: one of them may be the one. */
static void unreadable_tell(struct checker *checker, const struct alarm_group *group,
                            struct alarm_verdict *verdict)
{
    for (const struct alarm_filter *it = group->filters; it != NULL; it = it->next) {
        struct rule_program program;
        struct err err = {0};
        if (!filter_pattern_compile(checker->arena, it->pattern, &program, &err)) {
            tell(checker, &verdict->findings, ALARM_NOISY,
                 "the pattern of filter @ cannot be read here, and was not looked at", "",
                 it->name);
        }
    }
}

static void kind_check(struct checker *checker, const struct alarm_kind *kind,
                       struct alarm_verdict *out)
{
    const struct alarm_report *report = checker->report;
    const struct alarm_filter *first =
        report->group != NULL && report->group->is_known ? report->group->filters : NULL;

    *out = (struct alarm_verdict){0};
    for (const struct alarm_filter *it = first; it != NULL; it = it->next) {
        struct alarm_verdict chain = {.kind = kind, .filter = it};
        if (filter_check(checker, it, &chain.findings)) {
            chain.filter_level = chain.findings.level;
            filter_try(checker, &chain, out);
        }
    }
    if (out->kind == NULL) {
        out->kind = kind;
        out->filter_level = out->alarm_level = out->topic_level =
            worst(ALARM_UNKNOWN, report->trail_findings.level);
        if (report->group != NULL && report->group->is_known) {
            tell(checker, &out->findings, ALARM_BROKEN, "no metric filter catches @",
                 "keywarden trail alarm apply makes one", kind->subject);
            out->filter_level = out->alarm_level = out->topic_level = ALARM_BROKEN;
            unreadable_tell(checker, report->group, out);
        }
    }
    if (report->trail != NULL && report->trail->leaves_out_kms &&
        str_eq(kind->source, STR("kms.amazonaws.com"))) {
        tell(checker, &out->findings, ALARM_BROKEN, "trail @ leaves out the events of KMS",
             "take KMS off the excluded sources of its event selectors", report->trail->name);
    }
    out->level = worst(out->findings.level, report->trail_findings.level);
}

bool alarm_check(struct arena *arena, const struct alarm_state *state,
                 const struct alarm_selection *selection, struct alarm_report *out, struct err *err)
{
    struct checker checker = {.arena = arena, .state = state, .report = out};
    struct alarm_samples samples;

    *out = (struct alarm_report){0};
    if (!trail_choose(&checker, selection, err)) {
        return false;
    }
    out->level = out->trail_findings.level;
    for (size_t i = 0; i < ALARM_KIND_COUNT; i++) {
        if (selection->has[i]) {
            if (!alarm_samples_make(arena, &alarm_kinds[i], &samples, err)) {
                return false;
            }
            checker.samples = &samples;
            kind_check(&checker, &alarm_kinds[i], &out->verdicts[out->count]);
            out->level = worst(out->level, out->verdicts[out->count++].level);
        }
    }
    if (checker.is_full || state->is_full) {
        return err_set(err, ERR_REMOTE, "there is more to check than fits into memory");
    }
    return true;
}
