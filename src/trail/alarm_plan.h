/* alarm_plan.h: what is missing between what an account has and alarms that can fire, as steps.
 *
 * Where a filter, an alarm and a topic of any name do already what they should, they stay as they
 * are. Everything else is made under names of our own: a filter and a metric named as the kind, an
 * alarm with `keywarden-` before it, one topic. Making them is writing what is wanted, so a plan
 * carried out twice changes nothing the second time.
 *
 * Ownership: plans live in the arena they were made in and point into state, report and wish.
 * Threads:   pure functions.
 *
 * Example:   if (!alarm_plan_make(&arena, &state, &report, &wish, &plan, &err)) { ... }
 *            alarm_plan_formats[0].write(&out, &plan); */
#ifndef TRAIL_ALARM_PLAN_H
#define TRAIL_ALARM_PLAN_H

#include "base/buf.h"
#include "trail/alarm_check.h"

enum { ALARM_PERIOD_S = 300 };

struct alarm_address {
    struct str protocol; /* "email" or "https" */
    struct str address;
};

struct alarm_wish {
    struct str space; /* of the metrics */
    struct str
        topic; /* a name in the region of the log group, or the ARN of a topic that is there */
    const struct alarm_address *notify;
    size_t notify_count;
};

/* False when the text is neither. */
MUST_USE bool alarm_address_read(struct str text, struct alarm_address *out, struct err *err);
/* Errors are ERR_USAGE. */
MUST_USE bool alarm_wish_check(const struct alarm_wish *wish, struct err *err);
/* Whether a text can be a log group's name. */
bool alarm_group_name_is_valid(struct str name);
bool alarm_region_is_valid(struct str name);

struct alarm_item {
    const struct alarm_kind *kind;
    struct str alarm_name; /* ours */
    struct str pattern;
    bool puts_filter, puts_alarm;       /* neither: what is there will do */
    bool changes_filter, changes_alarm; /* one of that name is there, with other content */
    struct str *actions;                /* of the alarm: our topic, and what it had */
    size_t action_count;
    const struct alarm_filter *by_filter; /* where it is there under another name: by what */
    const struct alarm_metric_alarm *by_alarm;
    const struct alarm_verdict *verdict; /* NULL: nobody asked what is there */
};

struct alarm_subscribe {
    struct str topic_arn;
    bool is_to_ours; /* the topic is the plan's own */
    struct alarm_address to;
};

struct alarm_plan {
    const struct alarm_report *report; /* NULL: nobody asked what is there */
    const struct alarm_wish *wish;
    struct str account, region, group;
    const char *partition;
    struct str topic_name, topic_arn; /* ours; the name is empty for one that must be there */
    bool uses_topic, makes_topic;
    struct alarm_item items[ALARM_KIND_COUNT];
    size_t item_count;
    struct alarm_subscribe *subscribes;
    size_t subscribe_count;
    size_t change_count; /* everything that would be made or changed */
    /* Why there are no items: there is no log group that they could be for. */
    bool is_blocked;
};

/* False when the arena is full, or when what is there could not be read well enough to plan. */
MUST_USE bool alarm_plan_make(struct arena *arena, const struct alarm_state *state,
                              const struct alarm_report *report, const struct alarm_wish *wish,
                              struct alarm_plan *out, struct err *err);
/* The plan for a log group of which nothing is known: all that was selected. */
MUST_USE bool alarm_plan_make_blind(struct arena *arena, const struct alarm_state *place,
                                    struct str group, const struct alarm_selection *selection,
                                    const struct alarm_wish *wish, struct alarm_plan *out,
                                    struct err *err);

/* A sentence for the alarm, as people will read it in the message: "use of the root user". */
void alarm_item_describe(struct buf *out, const struct alarm_item *item);

/* ---- a plan as text ------------------------------------------------------------------------- */

struct alarm_plan_format {
    struct str name, help;
    void (*write)(struct buf *out, const struct alarm_plan *plan);
};
extern const struct alarm_plan_format alarm_plan_formats[]; /* ended by an empty name */

#endif
