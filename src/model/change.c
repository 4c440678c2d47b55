#include "model/change.h"

#include <string.h>

#include "base/instant.h"

struct str change_kind_name(enum change_kind kind)
{
    static const struct str names[KIND_COUNT] = {
        [KIND_ACCOUNT] = STR_LIT("account"),
        [KIND_FINDING] = STR_LIT("finding"),
        [KIND_USER] = STR_LIT("user"),
        [KIND_PASSWORD] = STR_LIT("password"),
        [KIND_MFA] = STR_LIT("mfa"),
        [KIND_ACCESS_KEY] = STR_LIT("access-key"),
        [KIND_CERTIFICATE] = STR_LIT("certificate"),
    };

    return names[kind];
}

struct str change_verb_name(enum change_verb verb)
{
    static const struct str names[VERB_COUNT] = {
        [VERB_JOINED] = STR_LIT("joined"),
        [VERB_LEFT] = STR_LIT("left"),
        [VERB_NEW] = STR_LIT("new"),
        [VERB_CHANGED] = STR_LIT("changed"),
        [VERB_CLOSED] = STR_LIT("closed"),
        [VERB_DELETED] = STR_LIT("deleted"),
        [VERB_RECREATED] = STR_LIT("recreated"),
        [VERB_CREATED] = STR_LIT("created"),
        [VERB_MOVED] = STR_LIT("moved"),
        [VERB_ENABLED] = STR_LIT("enabled"),
        [VERB_DISABLED] = STR_LIT("disabled"),
        [VERB_ACTIVATED] = STR_LIT("activated"),
        [VERB_DEACTIVATED] = STR_LIT("deactivated"),
        [VERB_USED] = STR_LIT("used"),
    };

    return names[verb];
}

/* ---- order ---------------------------------------------------------------------------------- */

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Findings stand by what happened to them; users and credentials are one group, told by user. */
static int group_of(const struct change *change)
{
    switch ((enum change_kind)change->kind) {
    case KIND_ACCOUNT:
        return 0;
    case KIND_FINDING:
        return 1 + change->verb;
    case KIND_USER:
    case KIND_PASSWORD:
    case KIND_MFA:
    case KIND_ACCESS_KEY:
    case KIND_CERTIFICATE:
        break;
    }
    return 1 + VERB_COUNT;
}

static int compare_values(const struct change_value *a, const struct change_value *b)
{
    int order = compare_numbers(a->type, b->type);

    if (order == 0) {
        order = compare_numbers(a->status, b->status);
    }
    if (order != 0) {
        return order;
    }
    return a->type == SIDE_TIME || a->type == SIDE_COUNT || a->type == SIDE_FLAG
               ? compare_numbers(a->as.number, b->as.number)
               : str_cmp(change_value_text(a), change_value_text(b));
}

/* By user: root, then names in byte order. */
static int compare_users(const struct change *a, const struct change *b)
{
    int order = compare_numbers(b->is_root, a->is_root);

    return order != 0 ? order : str_cmp(a->user, b->user);
}

/* Controls of one ruleset stand in one array, in the order of their packs. */
static int compare_findings(const struct change *a, const struct change *b)
{
    int order = compare_numbers(b->severity, a->severity);

    if (order == 0 && a->control != b->control) {
        order = a->control < b->control ? -1 : 1;
    }
    return order;
}

int change_compare(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    int order = x->account.p == y->account.p ? 0 : str_cmp(x->account, y->account);

    if (order == 0) {
        order = compare_numbers(group_of(x), group_of(y));
    }
    if (order == 0 && x->kind == KIND_FINDING) {
        order = compare_findings(x, y);
    }
    if (order == 0) {
        order = compare_users(x, y);
    }
    if (order == 0) {
        order = compare_numbers(x->kind, y->kind);
    }
    if (order == 0) {
        order = compare_numbers(x->verb, y->verb);
    }
    if (order == 0) {
        order = compare_values(&x->item, &y->item);
    }
    if (order == 0) {
        order = compare_values(&x->before, &y->before);
    }
    return order != 0 ? order : compare_values(&x->after, &y->after);
}

static bool becomes(const struct change *change, enum status status)
{
    return change->kind == KIND_FINDING && change->after.type == SIDE_FINDING &&
           change->after.status == status &&
           (change->verb == VERB_NEW ||
            (change->verb == VERB_CHANGED && change->before.status != status));
}

bool change_is_failure(const struct change *change)
{
    return becomes(change, STATUS_FAIL);
}

bool change_is_unknown(const struct change *change)
{
    return becomes(change, STATUS_UNKNOWN) && change->before.status != STATUS_FAIL;
}

/* ---- packed evidence ------------------------------------------------------------------------ */

struct change_evidence change_evidence_of(const struct evidence *evidence, uint32_t name)
{
    struct change_evidence out = {.name = name, .gap = (uint8_t)evidence->gap};

    if (str_eq_nocase(evidence->value, STR("true"))) {
        out.type = EVIDENCE_TRUE;
    } else if (str_eq_nocase(evidence->value, STR("false"))) {
        out.type = EVIDENCE_FALSE;
    } else if (instant_parse(evidence->value, &out.time)) {
        out.type = EVIDENCE_TIME;
    } else {
        out.type = EVIDENCE_TEXT;
        out.text = evidence->value;
    }
    return out;
}

void change_evidence_put(struct buf *packed, const struct change_evidence *evidence)
{
    uint32_t n = (uint32_t)evidence->text.n;

    buf_bytes(packed, &evidence->name, sizeof evidence->name);
    buf_char(packed, (char)evidence->type);
    buf_char(packed, (char)evidence->gap);
    if (evidence->type == EVIDENCE_TIME) {
        buf_bytes(packed, &evidence->time, sizeof evidence->time);
    } else if (evidence->type == EVIDENCE_TEXT) {
        buf_bytes(packed, &n, sizeof n);
        buf_str(packed, evidence->text);
    }
}

static void take(struct str *bytes, void *out, size_t n)
{
    memcpy(out, bytes->p, n);
    *bytes = str_sub(*bytes, n, bytes->n);
}

bool change_evidence_take(struct str *packed, struct change_evidence *out)
{
    uint32_t n = 0;

    if (packed->n == 0) {
        return false;
    }
    *out = (struct change_evidence){0};
    take(packed, &out->name, sizeof out->name);
    take(packed, &out->type, sizeof out->type);
    take(packed, &out->gap, sizeof out->gap);
    if (out->type == EVIDENCE_TIME) {
        take(packed, &out->time, sizeof out->time);
    } else if (out->type == EVIDENCE_TEXT) {
        take(packed, &n, sizeof n);
        out->text = str_sub(*packed, 0, n);
        *packed = str_sub(*packed, n, packed->n);
    }
    return true;
}

void change_evidence_write(struct buf *out, const struct change_evidence *evidence)
{
    switch ((enum change_evidence_type)evidence->type) {
    case EVIDENCE_FALSE:
        buf_str(out, STR("false"));
        break;
    case EVIDENCE_TRUE:
        buf_str(out, STR("true"));
        break;
    case EVIDENCE_TIME:
        instant_write(out, evidence->time);
        break;
    case EVIDENCE_TEXT:
        buf_str(out, evidence->text);
        break;
    }
}

void change_evidence_list(struct buf *out, const struct diff *diff,
                          const struct change_value *value)
{
    struct str packed = change_value_text(value);
    struct str separator = STR("");
    struct change_evidence evidence;

    while (value->type == SIDE_FINDING && change_evidence_take(&packed, &evidence)) {
        buf_str(out, separator);
        buf_str(out, diff->names[evidence.name]);
        buf_char(out, '=');
        change_evidence_write(out, &evidence);
        separator = STR("; ");
    }
}

void change_value_write(struct buf *out, const struct diff *diff, const struct change_value *value)
{
    switch ((enum change_side)value->type) {
    case SIDE_NONE:
        break;
    case SIDE_TEXT:
        buf_str(out, change_value_text(value));
        break;
    case SIDE_TIME:
        instant_write(out, value->as.number);
        break;
    case SIDE_COUNT:
        buf_i64(out, value->as.number);
        break;
    case SIDE_FLAG:
        buf_str(out, value->as.number != 0 ? STR("true") : STR("false"));
        break;
    case SIDE_FINDING:
        buf_str(out, status_name((enum status)value->status));
        if (value->shows_evidence) {
            buf_str(out, STR(": "));
            change_evidence_list(out, diff, value);
        }
        break;
    }
}
