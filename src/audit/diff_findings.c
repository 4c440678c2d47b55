#include "audit/diff_compare.h"

enum { EVIDENCE_MAX = EVIDENCE_COUNT_MAX, SLOT_NAMINGS = 4 };

/* ---- evidence ------------------------------------------------------------------------------- */

/* The column of the other slot, for columns of slots. */
static int partner_of(int column)
{
    if (column >= COLUMN_KEY_1_ACTIVE && column < COLUMN_KEY_2_ACTIVE) {
        return column + KEY_SLOT_STRIDE;
    }
    if (column >= COLUMN_KEY_2_ACTIVE && column < COLUMN_CERT_1_ACTIVE) {
        return column - KEY_SLOT_STRIDE;
    }
    if (column >= COLUMN_CERT_1_ACTIVE && column < COLUMN_CERT_2_ACTIVE) {
        return column + CERT_SLOT_STRIDE;
    }
    if (column >= COLUMN_CERT_2_ACTIVE && column < COLUMN_ADDITIONAL_INFO) {
        return column - CERT_SLOT_STRIDE;
    }
    return column;
}

/* One of the four ways to name two keys and two certificates. */
static int column_in(int column, unsigned naming)
{
    bool is_key = column >= COLUMN_KEY_1_ACTIVE && column < COLUMN_CERT_1_ACTIVE;

    return (is_key ? naming & 1 : naming & 2) != 0 ? partner_of(column) : column;
}

struct evidence_set {
    struct change_evidence items[EVIDENCE_MAX];
    int columns[EVIDENCE_MAX]; /* -1: not of a column */
    size_t count;
};

static uint32_t bits_of(int column)
{
    return column < 0 ? 0 : UINT32_C(1) << column | UINT32_C(1) << partner_of(column);
}

/* Columns that the finding says are not known. */
static uint32_t unknown_in(struct str packed, const struct diff_names *names)
{
    struct change_evidence evidence;
    uint32_t unknown = 0;

    while (change_evidence_take(&packed, &evidence)) {
        unknown |= evidence.gap == GAP_NONE ? 0 : bits_of(names->columns[evidence.name]);
    }
    return unknown;
}

/* The evidence that counts: what is known on both sides. */
static void read_set(struct str packed, const struct diff_names *names, uint32_t unknown,
                     struct evidence_set *out)
{
    struct change_evidence evidence;

    out->count = 0;
    while (out->count < EVIDENCE_MAX && change_evidence_take(&packed, &evidence)) {
        int column = names->columns[evidence.name];
        if (evidence.gap == GAP_NONE && (bits_of(column) & unknown) == 0) {
            out->columns[out->count] = column;
            out->items[out->count++] = evidence;
        }
    }
}

static bool is_equal(const struct change_evidence *a, const struct change_evidence *b)
{
    return a->type == b->type && a->time == b->time && str_eq(a->text, b->text);
}

/* Whether each of a's is among b's, a's slots being named so. */
static bool is_within(const struct evidence_set *a, const struct evidence_set *b, unsigned naming)
{
    for (size_t i = 0; i < a->count; i++) {
        bool found = false;
        for (size_t k = 0; k < b->count && !found; k++) {
            bool is_named = a->columns[i] < 0 ? a->items[i].name == b->items[k].name
                                              : column_in(a->columns[i], naming) == b->columns[k];
            found = is_named && is_equal(&a->items[i], &b->items[k]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Slots carry no order: what decided is the same if it is under some naming of them. */
static bool is_same_evidence(const struct diff_pair *pair, const struct diff_finding *before,
                             const struct diff_finding *after, const struct diff_names *names)
{
    struct evidence_set old_set, new_set;
    uint32_t unknown = pair->before->facts.unknown | pair->after->facts.unknown;

    for (int column = 0; column < COLUMN_COUNT; column++) {
        unknown |= unknown >> column & 1 ? bits_of(column) : 0;
    }
    unknown |= unknown_in(before->evidence, names) | unknown_in(after->evidence, names);
    read_set(before->evidence, names, unknown, &old_set);
    read_set(after->evidence, names, unknown, &new_set);
    for (unsigned naming = 0; naming < SLOT_NAMINGS; naming++) {
        if (is_within(&old_set, &new_set, naming) && is_within(&new_set, &old_set, naming)) {
            return true;
        }
    }
    return false;
}

/* ---- findings ------------------------------------------------------------------------------- */

struct finding_side {
    const struct diff_user *user;
    struct str left; /* findings not taken yet */
    unsigned status;
    bool is_told;
    struct diff_finding finding;
};

static struct finding_side side_of(const struct diff_user *user)
{
    return (struct finding_side){.user = user,
                                 .left = user == NULL ? STR("") : diff_user_findings(user)};
}

static void side_next(struct finding_side *side, size_t control)
{
    side->status = side->user == NULL ? STATUS_NOT_JUDGED : side->user->statuses[control];
    side->is_told = diff_is_told(side->status);
    if (side->is_told) {
        side->finding = diff_finding_take(&side->left);
    }
}

static struct change_value side_value(const struct finding_side *side)
{
    struct change_value value = {.type = SIDE_FINDING, .status = (uint8_t)side->status};

    if (side->status == STATUS_NOT_JUDGED) {
        return (struct change_value){.type = SIDE_NONE};
    }
    if (side->is_told) {
        value.gap = side->finding.gap;
        value.n = (uint32_t)side->finding.evidence.n;
        value.as.text = side->finding.evidence.p;
    }
    return value;
}

static void keep_text(struct diff_list *list, struct change_value *value)
{
    if (value->type == SIDE_FINDING && value->n > 0) {
        struct change_value copy = diff_text_copy(list, change_value_text(value));
        value->as.text = copy.as.text;
        value->n = copy.n;
    }
}

void diff_findings(struct diff_list *list, const struct diff_pair *pair, struct str why,
                   const struct ruleset *rules, const struct diff_names *names)
{
    struct finding_side before = side_of(pair->before), after = side_of(pair->after);

    for (size_t i = 0; i < rules->count; i++) {
        side_next(&before, i);
        side_next(&after, i);
        if (!before.is_told && !after.is_told) {
            continue;
        }
        bool is_both = before.is_told && after.is_told;
        bool is_evidence = is_both && before.status == after.status;
        if (is_evidence && after.status == STATUS_EXCEPTED) {
            continue; /* accepted then and now, whatever the values are */
        }
        if (is_evidence && is_same_evidence(pair, &before.finding, &after.finding, names)) {
            continue;
        }
        struct change change = diff_change(pair, KIND_FINDING,
                                           is_both         ? VERB_CHANGED
                                           : after.is_told ? VERB_NEW
                                                           : VERB_CLOSED);
        change.control = &rules->controls[i];
        change.severity = after.is_told ? after.finding.severity : before.finding.severity;
        change.item = diff_text(is_evidence ? STR("evidence") : is_both ? STR("status") : why);
        change.before = side_value(&before);
        change.after = side_value(&after);
        change.before.shows_evidence = change.after.shows_evidence = is_evidence;
        keep_text(list, &change.after);
        diff_list_add(list, &change);
    }
}
