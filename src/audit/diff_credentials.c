#include <string.h>

#include "audit/diff_compare.h"

enum { CHANGES_FIRST = 64 };

struct change diff_change(const struct diff_pair *pair, enum change_kind kind,
                          enum change_verb verb)
{
    return (struct change){.kind = (uint8_t)kind,
                           .verb = (uint8_t)verb,
                           .account = pair->account,
                           .user = pair->name,
                           .is_root = pair->is_root};
}

void diff_list_add(struct diff_list *list, const struct change *change)
{
    if (list->count == list->capacity) {
        list->capacity = list->capacity == 0 ? CHANGES_FIRST : list->capacity + list->capacity / 2;
        list->items = mem_resize(list->items, list->capacity * sizeof *list->items);
    }
    list->items[list->count++] = *change;
}

struct change_value diff_text(struct str text)
{
    return (struct change_value){.type = SIDE_TEXT, .n = (uint32_t)text.n, .as.text = text.p};
}

struct change_value diff_text_copy(struct diff_list *list, struct str text)
{
    struct str copy = {0};

    if (!arena_str(&list->texts, text, &copy)) {
        list->is_full = true;
    }
    return diff_text(copy);
}

static bool is_time(int64_t time)
{
    return time >= TIME_FIRST;
}

struct change_value diff_time(int64_t time)
{
    return is_time(time) ? (struct change_value){.type = SIDE_TIME, .as.number = time}
                         : (struct change_value){.type = SIDE_NONE};
}

/* ---- password and MFA ----------------------------------------------------------------------- */

static const struct diff_facts nobody = {
    .created = TIME_NONE,
    .password_used = TIME_NONE,
    .password_changed = TIME_NONE,
    .slots = {{TIME_NONE, TIME_NONE},
              {TIME_NONE, TIME_NONE},
              {TIME_NONE, TIME_MISSING},
              {TIME_NONE, TIME_MISSING}},
};

static struct change_value flag_value(const struct diff_user *user, uint8_t flag)
{
    struct change_value value = {.type = SIDE_NONE};

    if (user != NULL) {
        value.type = SIDE_FLAG;
        value.as.number = flag == DIFF_TRUE;
    }
    return value;
}

static void compare_flags(struct diff_list *list, const struct diff_pair *pair,
                          enum change_kind kind, uint8_t before, uint8_t after)
{
    if (before == DIFF_UNKNOWN || after == DIFF_UNKNOWN || before == after) {
        return;
    }
    struct change change = diff_change(pair, kind,
                                       pair->before == NULL  ? VERB_CREATED
                                       : pair->after == NULL ? VERB_DELETED
                                       : after == DIFF_TRUE  ? VERB_ENABLED
                                                             : VERB_DISABLED);
    change.before = flag_value(pair->before, before);
    change.after = flag_value(pair->after, after);
    diff_list_add(list, &change);
}

/* Whether something that was last used, or never, at `before` was used since. */
static bool is_used_since(int64_t before, int64_t after)
{
    return is_time(after) && before >= TIME_NEVER && before < after;
}

static struct change_value used_value(int64_t used)
{
    return is_time(used) ? diff_time(used) : diff_text(STR("never"));
}

static void compare_password(struct diff_list *list, const struct diff_pair *pair,
                             const struct diff_facts *before, const struct diff_facts *after)
{
    struct change change;

    compare_flags(list, pair, KIND_PASSWORD, before->password, after->password);
    if (pair->before == NULL || pair->after == NULL) {
        return;
    }
    if (is_time(before->password_changed) && is_time(after->password_changed) &&
        before->password_changed != after->password_changed) {
        change = diff_change(pair, KIND_PASSWORD, VERB_CHANGED);
        change.before = diff_time(before->password_changed);
        change.after = diff_time(after->password_changed);
        diff_list_add(list, &change);
    }
    if (is_used_since(before->password_used, after->password_used)) {
        change = diff_change(pair, KIND_PASSWORD, VERB_USED);
        change.before = used_value(before->password_used);
        change.after = used_value(after->password_used);
        diff_list_add(list, &change);
    }
}

/* ---- keys and certificates ------------------------------------------------------------------ */

/* Each of a user's two keys stands in one of two slots, which carry no order, and has no id in a
 * report. What tells it apart is when it was made. */
enum slot_state {
    SLOT_ABSENT,
    SLOT_INACTIVE,
    SLOT_ACTIVE,
    SLOT_DATED,   /* there, active or not */
    SLOT_UNDATED, /* active, and not known since when */
    SLOT_UNKNOWN, /* there or not */
};

struct slot {
    enum slot_state state;
    int64_t rotated, used;
};

static bool has_date(const struct slot *slot)
{
    return slot->state == SLOT_INACTIVE || slot->state == SLOT_ACTIVE || slot->state == SLOT_DATED;
}

static struct slot slot_of(const struct diff_facts *facts, size_t index)
{
    struct slot slot = {SLOT_UNKNOWN, facts->slots[index].rotated, facts->slots[index].used};
    bool dated = is_time(slot.rotated);

    switch ((enum diff_flag)facts->active[index]) {
    case DIFF_TRUE:
        slot.state = dated ? SLOT_ACTIVE : SLOT_UNDATED;
        break;
    case DIFF_FALSE:
        slot.state = dated                                ? SLOT_INACTIVE
                     : slot.rotated >= TIME_NOT_SUPPORTED ? SLOT_ABSENT
                                                          : SLOT_UNKNOWN;
        break;
    case DIFF_NONE:
        slot.state = SLOT_ABSENT;
        break;
    case DIFF_UNKNOWN:
        slot.state = dated ? SLOT_DATED : SLOT_UNKNOWN;
        break;
    }
    return slot;
}

struct slot_pair {
    struct slot slots[DIFF_KEYS];
    bool is_twin; /* two of the same second */
};

static bool is_behind(const struct slot *a, const struct slot *b)
{
    if (!has_date(a) || !has_date(b)) {
        return !has_date(a) && has_date(b);
    }
    return a->rotated != b->rotated ? a->rotated > b->rotated
           : a->state != b->state   ? a->state > b->state
                                    : a->used > b->used;
}

/* Sorted, so that what follows does not depend on which slot is which. */
static struct slot_pair slots_of(const struct diff_facts *facts, size_t first)
{
    struct slot a = slot_of(facts, first), b = slot_of(facts, first + 1);
    struct slot_pair out = {.slots = {a, b}};

    if (is_behind(&a, &b)) {
        out.slots[0] = b;
        out.slots[1] = a;
    }
    out.is_twin = has_date(&a) && has_date(&b) && a.rotated == b.rotated;
    return out;
}

static bool is_same(const struct slot *before, const struct slot *after)
{
    return has_date(before) && has_date(after) && before->rotated == after->rotated;
}

/* How well two slots go together: the date makes them one; twins are told apart by state, then by
 * use, so that as little as can be is claimed to have changed. */
static int score(const struct slot *before, const struct slot *after)
{
    bool is_doubtful = before->state == SLOT_DATED || after->state == SLOT_DATED;
    int state = before->state == after->state ? 4 : is_doubtful ? 2 : 0;

    return is_same(before, after) ? 8 + state + (before->used == after->used) : 0;
}

static struct str state_text(const struct slot *slot)
{
    return slot->state == SLOT_INACTIVE                                ? STR("inactive")
           : slot->state == SLOT_ACTIVE || slot->state == SLOT_UNDATED ? STR("active")
                                                                       : STR("");
}

static struct change_value state_value(const struct slot *slot)
{
    struct str text = state_text(slot);

    if (text.n == 0) {
        return (struct change_value){.type = SIDE_NONE};
    }
    return diff_text(text);
}

/* When the key was made: its name, as far as a report gives it one. */
static struct change_value slot_name(struct diff_list *list, const struct slot *slot, bool is_twin)
{
    char text[64];
    struct buf name = {.p = text, .capacity = sizeof text, .size_max = sizeof text};
    struct change_value time = diff_time(slot->rotated);

    if (!is_twin || time.type != SIDE_TIME) {
        return time;
    }
    change_value_write(&name, NULL, &time);
    buf_str(&name, STR(" (one of 2)"));
    return diff_text_copy(list, buf_text(&name));
}

struct slot_change {
    struct diff_list *list;
    const struct diff_pair *pair;
    enum change_kind kind;
    bool is_twin;
};

static void add_slot_change(const struct slot_change *to, enum change_verb verb,
                            const struct slot *slot, struct change_value before,
                            struct change_value after)
{
    struct change change = diff_change(to->pair, to->kind, verb);

    change.item = slot_name(to->list, slot, to->is_twin);
    change.before = before;
    change.after = after;
    diff_list_add(to->list, &change);
}

static bool has_state(const struct slot *slot)
{
    return slot->state == SLOT_ACTIVE || slot->state == SLOT_INACTIVE;
}

static void compare_same(const struct slot_change *to, const struct slot *before,
                         const struct slot *after)
{
    if (has_state(before) && has_state(after) && before->state != after->state) {
        add_slot_change(to, after->state == SLOT_ACTIVE ? VERB_ACTIVATED : VERB_DEACTIVATED, after,
                        state_value(before), state_value(after));
    }
    if (is_used_since(before->used, after->used)) {
        add_slot_change(to, VERB_USED, after, used_value(before->used), used_value(after->used));
    }
}

/* Whether `slot`, which has no partner, may still be what one of the others' slots without a
 * partner holds. */
static bool may_be_there(const struct slot *slot, const struct slot_pair *others,
                         const bool *is_matched)
{
    for (size_t i = 0; i < DIFF_KEYS; i++) {
        enum slot_state state = others->slots[i].state;
        if (is_matched[i] || state == SLOT_ABSENT) {
            continue;
        }
        if (state == SLOT_UNKNOWN || state == SLOT_UNDATED || slot->state == SLOT_UNDATED) {
            return true;
        }
    }
    return false;
}

static bool is_there(const struct slot *slot)
{
    return has_date(slot) || slot->state == SLOT_UNDATED;
}

static void compare_slots(const struct slot_change *to, const struct slot_pair *before,
                          const struct slot_pair *after)
{
    const struct slot *b = before->slots, *a = after->slots;
    bool is_crossed =
        score(&b[0], &a[1]) + score(&b[1], &a[0]) > score(&b[0], &a[0]) + score(&b[1], &a[1]);
    bool before_matched[DIFF_KEYS] = {false}, after_matched[DIFF_KEYS] = {false};
    struct change_value none = {.type = SIDE_NONE};

    for (size_t i = 0; i < DIFF_KEYS; i++) {
        size_t k = is_crossed ? 1 - i : i;
        if (is_same(&b[i], &a[k])) {
            before_matched[i] = after_matched[k] = true;
            compare_same(to, &b[i], &a[k]);
        }
    }
    for (size_t i = 0; i < DIFF_KEYS; i++) {
        if (!before_matched[i] && is_there(&b[i]) && !may_be_there(&b[i], after, after_matched)) {
            add_slot_change(to, VERB_DELETED, &b[i], state_value(&b[i]), none);
        }
        if (!after_matched[i] && is_there(&a[i]) && !may_be_there(&a[i], before, before_matched)) {
            add_slot_change(to, VERB_CREATED, &a[i], none, state_value(&a[i]));
        }
    }
}

void diff_credentials(struct diff_list *list, const struct diff_pair *pair)
{
    const struct diff_facts *before = pair->before == NULL ? &nobody : &pair->before->facts;
    const struct diff_facts *after = pair->after == NULL ? &nobody : &pair->after->facts;

    compare_password(list, pair, before, after);
    compare_flags(list, pair, KIND_MFA, before->mfa, after->mfa);
    for (size_t first = 0; first < DIFF_SLOTS; first += DIFF_KEYS) {
        struct slot_pair old_slots = slots_of(before, first), new_slots = slots_of(after, first);
        struct slot_change to = {list, pair, first == 0 ? KIND_ACCESS_KEY : KIND_CERTIFICATE,
                                 old_slots.is_twin || new_slots.is_twin};
        compare_slots(&to, &old_slots, &new_slots);
    }
}
