#include "audit/entity_set.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

enum { ARENA_SIZE_MAX = 512 << 20, KINDS_MAX = 16, JOIN_DEPTH_MAX = 4 };

struct kind_list {
    const struct schema_entity *kind;
    struct named_entity *items;
    size_t count;
};

struct entity_set {
    struct arena arena;
    struct kind_list kinds[KINDS_MAX];
    size_t kind_count;
    struct inventory_gap *gaps;
    size_t gap_count;
    struct value *aws; /* NULL: nothing is known of the account as a whole */
    struct value *users;
    size_t user_count, user_capacity;
    bool is_user_lost;
};

static const struct schema_entity *user_kind(void)
{
    return schema_entity_find(STR("IAMUser"));
}

/* The member of that name, which the schema has. */
static struct value *member(const struct value *entity, struct str name)
{
    const struct schema_attr *attr = schema_attr_find(entity->entity, name);

    assert(attr != NULL);
    return &entity->items[attr - entity->entity->attrs];
}

static const struct kind_list *kind_find(const struct entity_set *set,
                                         const struct schema_entity *kind)
{
    for (size_t i = 0; i < set->kind_count; i++) {
        if (set->kinds[i].kind == kind) {
            return &set->kinds[i];
        }
    }
    return NULL;
}

static const struct named_entity *entity_find(const struct kind_list *list, struct str name)
{
    size_t low = 0, high = list == NULL ? 0 : list->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(list->items[middle].name, name);
        if (order == 0) {
            return &list->items[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* ---- joining -------------------------------------------------------------------------------- */

/* Elements that are no more than a name become the rows that bear it. */
static void join_list(const struct entity_set *set, struct value *list,
                      const struct schema_entity *kind)
{
    const struct kind_list *rows = kind_find(set, kind);

    if (rows == NULL || schema_attr_find(kind, STR("id")) == NULL) {
        return; /* nothing tells one from the other */
    }
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != VALUE_STRUCT) {
            continue;
        }
        const struct value *id = member(&list->items[i], STR("id"));
        const struct named_entity *row =
            id->kind == VALUE_STRING ? entity_find(rows, id->string) : NULL;
        if (row != NULL) {
            list->items[i] = row->value;
        }
    }
}

/* Lists of entities that have rows, in an entity and in the parts it is made of. */
static void join_entity(const struct entity_set *set, struct value *entity, unsigned depth)
{
    for (size_t i = 0; i < entity->count && depth < JOIN_DEPTH_MAX; i++) {
        const struct schema_attr *attr = &entity->entity->attrs[i];
        struct value *value = &entity->items[i];
        if (attr->entity == NULL || attr->entity == user_kind()) {
            continue;
        }
        if (value->kind == VALUE_LIST && attr->entity->is_root) {
            join_list(set, value, attr->entity);
        } else if (value->kind == VALUE_STRUCT && !attr->entity->is_open) {
            join_entity(set, value, depth + 1);
        }
    }
}

/* The account's lists: an empty one says that the rows are all there are. */
static bool fill_account(struct entity_set *set)
{
    for (size_t i = 0; i < set->aws->count; i++) {
        const struct schema_attr *attr = &set->aws->entity->attrs[i];
        const struct kind_list *rows =
            attr->entity != NULL && attr->entity->is_root ? kind_find(set, attr->entity) : NULL;
        struct value *value = &set->aws->items[i];
        if (rows == NULL || rows->count == 0 || attr->entity == user_kind()) {
            continue;
        }
        if (!attr->is_list) {
            *value = rows->items[0].value;
        } else if (value->kind == VALUE_LIST) {
            value->items = arena_array(&set->arena, rows->count, sizeof *value->items);
            if (value->items == NULL) {
                return false;
            }
            for (value->count = 0; value->count < rows->count; value->count++) {
                value->items[value->count] = rows->items[value->count].value;
            }
        }
    }
    return true;
}

/* ---- making --------------------------------------------------------------------------------- */

static bool fail_large(struct err *err)
{
    return err_set(err, ERR_INPUT, "what was collected of this account is too large");
}

static int compare_entities(const void *a, const void *b)
{
    return str_cmp(((const struct named_entity *)a)->name, ((const struct named_entity *)b)->name);
}

static bool read_row(struct entity_set *set, const struct entity_row *row,
                     const struct schema_entity *kind, struct named_entity *out, struct err *err)
{
    struct str json = {0};
    struct err failure = {0};

    if (!arena_str(&set->arena, row->name, &out->name) ||
        !arena_str(&set->arena, row->json, &json)) {
        return fail_large(err);
    }
    if (!value_from_json(&set->arena, json, kind, &out->value, &failure)) {
        (void)err_set(err, ERR_STORE, "the entity %.*s '%.*s' cannot be read: %s",
                      STR_ARG(row->kind), STR_ARG(str_sub(row->name, 0, 80)), failure.text);
        err_hint(err, "'keywarden store verify' says whether the store is damaged");
        return false;
    }
    return true;
}

static bool read_kind(struct entity_set *set, const struct inventory *inventory,
                      const struct schema_entity *kind, struct err *err)
{
    struct kind_list *list = &set->kinds[set->kind_count++];

    *list = (struct kind_list){.kind = kind};
    for (size_t i = 0; i < inventory->row_count; i++) {
        list->count += str_eq(inventory->rows[i].kind, kind->name);
    }
    list->items = arena_array(&set->arena, list->count, sizeof *list->items);
    if (list->items == NULL) {
        return fail_large(err);
    }
    size_t at = 0;
    for (size_t i = 0; i < inventory->row_count; i++) {
        if (str_eq(inventory->rows[i].kind, kind->name) &&
            !read_row(set, &inventory->rows[i], kind, &list->items[at++], err)) {
            return false;
        }
    }
    if (list->count > 1) {
        qsort(list->items, list->count, sizeof *list->items, compare_entities);
    }
    return true;
}

static bool copy_gaps(struct entity_set *set, const struct inventory *inventory)
{
    bool ok = true;

    set->gaps = arena_array(&set->arena, inventory->gap_count, sizeof *set->gaps);
    ok = set->gaps != NULL;
    for (size_t i = 0; ok && i < inventory->gap_count; i++) {
        const struct inventory_gap *from = &inventory->gaps[i];
        struct inventory_gap *to = &set->gaps[set->gap_count++];
        to->outcome = from->outcome;
        ok = arena_str(&set->arena, from->action, &to->action) &&
             arena_str(&set->arena, from->region, &to->region) &&
             arena_str(&set->arena, from->subject, &to->subject) &&
             arena_str(&set->arena, from->code, &to->code);
    }
    return ok;
}

/* What others refer to comes first: policies, groups and roles, then users, then the account. */
static bool join_all(struct entity_set *set)
{
    const struct kind_list *aws = kind_find(set, schema_entity_find(STR("AWS")));

    set->aws = aws != NULL && aws->count > 0 ? &aws->items[0].value : NULL;
    for (int users = 0; users < 2; users++) {
        for (size_t i = 0; i < set->kind_count; i++) {
            struct kind_list *list = &set->kinds[i];
            for (size_t k = 0;
                 list != aws && (list->kind == user_kind()) == users && k < list->count; k++) {
                join_entity(set, &list->items[k].value, 0);
            }
        }
    }
    return set->aws == NULL || fill_account(set);
}

bool entity_set_new(const struct inventory *inventory, struct entity_set **out, struct err *err)
{
    struct entity_set *set = mem_alloc(sizeof *set);
    bool ok = true;

    arena_init(&set->arena, ARENA_SIZE_MAX);
    for (size_t i = 0; ok && schema_entities[i] != NULL && i < KINDS_MAX; i++) {
        ok = read_kind(set, inventory, schema_entities[i], err);
    }
    ok = ok && ((copy_gaps(set, inventory) && join_all(set)) || fail_large(err));
    if (!ok) {
        entity_set_free(set);
        return false;
    }
    *out = set;
    return true;
}

void entity_set_free(struct entity_set *set)
{
    if (set != NULL) {
        arena_release(&set->arena);
        mem_free(set->users);
        mem_free(set);
    }
}

/* ---- looking -------------------------------------------------------------------------------- */

/* Whether there is no entity of that kind that is not here. The account has a list of those of
 * which there may be many; of the others there is one. */
static bool has_all(const struct entity_set *set, const struct kind_list *list)
{
    bool has_list = false, is_known = false;

    for (size_t i = 0; set->aws != NULL && i < set->aws->count; i++) {
        const struct schema_attr *attr = &set->aws->entity->attrs[i];
        if (attr->is_list && attr->entity == list->kind) {
            has_list = true;
            is_known = set->aws->items[i].kind == VALUE_LIST;
        }
    }
    return has_list ? is_known : list->count > 0;
}

const struct named_entity *entity_set_kind(const struct entity_set *set,
                                           const struct schema_entity *kind, size_t *count,
                                           bool *is_complete)
{
    const struct kind_list *list = kind_find(set, kind);

    *count = list == NULL ? 0 : list->count;
    *is_complete = list != NULL && has_all(set, list);
    return list == NULL ? NULL : list->items;
}

const struct value *entity_set_user(const struct entity_set *set, struct str name)
{
    const struct kind_list *users = kind_find(set, user_kind());
    const struct named_entity *found = entity_find(users, name);

    /* What a list of all users says of whoever it does not name. */
    if (found == NULL && !str_eq(name, STR("<root_account>"))) {
        found = entity_find(users, STR("*"));
    }
    return found == NULL ? NULL : &found->value;
}

/* ---- users ---------------------------------------------------------------------------------- */

/* A key's own members, and from the report what nobody collected of it. */
static void merge_key(struct value *key, const struct value *slot)
{
    for (size_t i = 0; i < key->count; i++) {
        if (key->items[i].kind == VALUE_MISSING) {
            key->items[i] = slot->items[i];
        }
    }
}

/* The report's key that was made in the same second: AWS gives no other mark. */
static struct value *slot_of(const struct value *slots, const struct value *key, uint64_t *taken)
{
    const struct value *made = member(key, STR("CreatedTime"));

    for (size_t i = 0; i < slots->count && i < 64; i++) {
        const struct value *rotated = member(&slots->items[i], STR("CreatedTime"));
        if ((*taken >> i & 1) == 0 && made->kind == VALUE_TIME && rotated->kind == VALUE_TIME &&
            made->number == rotated->number) {
            *taken |= UINT64_C(1) << i;
            return &slots->items[i];
        }
    }
    return NULL;
}

static void merge_keys(struct arena *arena, const struct value *collected, struct value *row)
{
    struct value slots = *row, keys = *collected;
    uint64_t taken = 0;

    keys.items = arena_array(arena, keys.count, sizeof *keys.items);
    for (size_t i = 0; keys.items != NULL && i < keys.count; i++) {
        struct value *key = &keys.items[i];
        *key = collected->items[i];
        key->items = arena_array(arena, key->count, sizeof *key->items);
        if (key->items == NULL) {
            return;
        }
        memcpy(key->items, collected->items[i].items, key->count * sizeof *key->items);
        struct value *made = member(key, STR("CreatedTime"));
        struct value *rotated = member(key, STR("LastRotatedTime"));
        if (made->kind == VALUE_MISSING) {
            *made = *rotated;
        } else if (rotated->kind == VALUE_MISSING) {
            *rotated = *made;
        }
        struct value *slot = slots.kind == VALUE_LIST ? slot_of(&slots, key, &taken) : NULL;
        if (slot != NULL) {
            merge_key(key, slot);
        }
    }
    if (keys.items != NULL) {
        *row = keys;
    }
}

/* Who a user is, its row says; what is collected only repeats it. */
static bool is_identity(const struct schema_attr *attr)
{
    return attr->binding == BIND_IS_ROOT || attr->binding == BIND_ACCOUNT ||
           attr->binding == BIND_PARTITION || attr->binding == BIND_PATH ||
           (attr->binding == BIND_COLUMN &&
            (attr->column == COLUMN_USER || attr->column == COLUMN_ARN));
}

static bool merge_members(struct arena *arena, const struct value *collected, struct value *row)
{
    bool replaces = false;

    for (size_t i = 0; i < collected->count; i++) {
        const struct schema_attr *attr = &collected->entity->attrs[i];
        const struct value *from = &collected->items[i];
        struct value *to = &row->items[i];
        if (from->kind == VALUE_MISSING || is_identity(attr)) {
            continue;
        }
        replaces |= attr->binding != BIND_NONE && attr->binding != BIND_GROUP;
        if (attr->binding == BIND_GROUP && from->kind == VALUE_STRUCT && to->kind == VALUE_STRUCT) {
            replaces |= merge_members(arena, from, to);
        } else if (attr->binding == BIND_KEYS && from->kind == VALUE_LIST) {
            merge_keys(arena, from, to);
        } else {
            *to = *from;
        }
    }
    return replaces;
}

/* Who has MFA and no virtual device has a hardware one, whichever it is. */
static void infer_hardware(struct arena *arena, struct value *row)
{
    struct value *devices = member(row, STR("MFADevices"));
    const struct value *active = member(row, STR("MFAActive"));
    struct value *items = NULL, *device = NULL;

    if (devices->kind != VALUE_STRUCT || active->kind != VALUE_BOOL || !active->boolean ||
        member(devices, STR("Physical"))->kind != VALUE_MISSING ||
        member(devices, STR("Virtual"))->kind != VALUE_LIST ||
        member(devices, STR("Virtual"))->count > 0) {
        return;
    }
    const struct schema_entity *kind = schema_attr_find(devices->entity, STR("Physical"))->entity;
    items = arena_array(arena, devices->count, sizeof *items);
    device = arena_alloc(arena, sizeof *device);
    struct value *unknown = arena_array(arena, kind->attr_count, sizeof *unknown);
    if (items == NULL || device == NULL || unknown == NULL) {
        return;
    }
    memcpy(items, devices->items, devices->count * sizeof *items);
    devices->items = items; /* the collected ones are not ours to change */
    *device = (struct value){
        .kind = VALUE_STRUCT, .entity = kind, .count = kind->attr_count, .items = unknown};
    *member(devices, STR("Physical")) =
        (struct value){.kind = VALUE_LIST, .items = device, .count = 1};
}

bool entity_set_merge(const struct entity_set *set, struct arena *arena, struct str name,
                      struct value *row)
{
    const struct value *collected = entity_set_user(set, name);
    bool replaces = false;

    if (set->aws != NULL) {
        *member(row, STR("AWS")) = *set->aws;
    }
    if (collected != NULL) {
        replaces = merge_members(arena, collected, row);
        infer_hardware(arena, row);
    }
    return replaces;
}

/* A copy whose texts stay; the report's columns as text, and the account, are not part of it. */
static bool copy_value(struct arena *arena, const struct value *from, struct value *to)
{
    *to = *from;
    if (from->kind == VALUE_STRING || from->kind == VALUE_UNREADABLE) {
        return arena_str(arena, from->string, &to->string);
    }
    if (from->kind != VALUE_LIST && from->kind != VALUE_STRUCT) {
        return true;
    }
    to->items = arena_array(arena, from->count, sizeof *to->items);
    for (size_t i = 0; to->items != NULL && i < from->count; i++) {
        const struct schema_attr *attr =
            from->kind == VALUE_STRUCT ? &from->entity->attrs[i] : NULL;
        bool is_reports = attr == NULL || attr->binding != BIND_NONE;
        if (attr != NULL && attr->binding == BIND_COLUMNS) {
            to->items[i] = (struct value){.kind = VALUE_MISSING};
        } else if (!is_reports) {
            to->items[i] = from->items[i]; /* of the set's own arena */
        } else if (!copy_value(arena, &from->items[i], &to->items[i])) {
            return false;
        }
    }
    return to->items != NULL;
}

void entity_set_lose_user(struct entity_set *set)
{
    set->is_user_lost = true;
}

void entity_set_add_user(struct entity_set *set, const struct value *row)
{
    if (set->user_count == set->user_capacity) {
        set->user_capacity = set->user_capacity == 0 ? 64 : set->user_capacity * 2;
        set->users = mem_resize(set->users, set->user_capacity * sizeof *set->users);
    }
    if (!copy_value(&set->arena, row, &set->users[set->user_count++])) {
        set->is_user_lost = true;
    }
}

void entity_set_end_users(struct entity_set *set)
{
    if (set->aws != NULL && !set->is_user_lost) {
        *member(set->aws, STR("IAMUsers")) =
            (struct value){.kind = VALUE_LIST, .items = set->users, .count = set->user_count};
    }
}

/* ---- why something is missing --------------------------------------------------------------- */

static bool is_named(struct str obtain, struct str action)
{
    for (size_t i = 0; i + action.n <= obtain.n; i++) {
        struct str rest = str_sub(obtain, i + action.n, obtain.n);
        if (memcmp(obtain.p + i, action.p, action.n) == 0 &&
            (rest.n == 0 || rest.p[0] == ' ' || rest.p[0] == ',')) {
            return true;
        }
    }
    return false;
}

/* A subject is a user's name, or an ARN that ends in it. */
static bool is_about(struct str subject, struct str user)
{
    struct str head = str_sub(subject, 0, subject.n - (subject.n < user.n ? subject.n : user.n));

    return subject.n == 0 || user.n == 0 || str_eq(subject, user) ||
           (str_ends(subject, user) && str_ends(head, STR("/")));
}

static const struct inventory_gap *gap_find(const struct entity_set *set, struct str obtain,
                                            struct str user)
{
    for (size_t i = 0; i < set->gap_count; i++) {
        const struct inventory_gap *gap = &set->gaps[i];
        if (is_about(gap->subject, user) && is_named(obtain, gap->action)) {
            return gap;
        }
    }
    return NULL;
}

static void write_gap(struct buf *out, const struct inventory_gap *gap)
{
    buf_str(out, gap->outcome == ANSWER_DENIED ? STR("denied: ") : STR("failed: "));
    buf_str(out, gap->action);
    if (gap->region.n > 0) {
        buf_printf(out, " in %.*s", STR_ARG(gap->region));
    }
    if (gap->outcome == ANSWER_FAILED) {
        buf_printf(out, " (%.*s)",
                   STR_ARG(gap->code.n > 0 ? gap->code : STR("an answer that cannot be read")));
    }
}

void entity_set_why(const struct entity_set *set, const struct node *attr, struct str user,
                    struct buf *out)
{
    struct str obtain = node_attr_obtain(attr);

    for (uint32_t i = attr->chain_count; set != NULL && i > 0; i--) {
        const struct schema_attr *link = attr->chain[i - 1];
        const struct str sources[] = {link->obtain,
                                      link->entity == NULL ? STR("") : link->entity->obtain};
        for (size_t k = 0; k < 2; k++) {
            const struct inventory_gap *gap = gap_find(set, sources[k], user);
            if (gap != NULL) {
                write_gap(out, gap);
                return;
            }
        }
    }
    buf_str(out, STR("not collected"));
    if (obtain.n > 0) {
        buf_printf(out, ": %.*s", STR_ARG(obtain));
    }
}

void entity_set_why_call(const struct entity_set *set, struct str action, struct str user,
                         struct buf *out)
{
    const struct inventory_gap *gap = gap_find(set, action, user);

    if (gap != NULL) {
        write_gap(out, gap);
    } else {
        buf_printf(out, "not collected: %.*s", STR_ARG(action));
    }
}

void entity_set_why_kind(const struct entity_set *set, const struct rule_program *program,
                         struct buf *out)
{
    char text[1024];
    struct buf obtain = {.p = text, .capacity = sizeof text, .size_max = sizeof text};

    rule_obtain_write(&obtain, program);
    entity_set_why_call(set, buf_text(&obtain), STR(""), out);
}
