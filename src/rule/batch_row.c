/* One row of a report as an entity: what eval takes, and the oracle of the columnar back end. */
#include "rule/batch.h"

#include <string.h>

struct row_source {
    struct arena *arena;
    const struct user_batch *batch;
    struct batch_names names;
    size_t row;
};

static bool bit_at(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

static struct value flag_value(const struct row_source *source, enum report_column column)
{
    const struct flag_bits *flags = source->batch->flags[column];
    struct value value = {.kind = VALUE_MISSING};

    if (flags == NULL || source->batch->positions[column] < 0) {
        return value;
    }
    bool is_true = bit_at(flags->is_true, source->row);
    if (is_true || bit_at(flags->is_false, source->row)) {
        return (struct value){.kind = VALUE_BOOL, .boolean = is_true};
    }
    value.kind =
        bit_at(flags->is_not_supported, source->row) ? VALUE_NOT_SUPPORTED : VALUE_UNREADABLE;
    value.string = user_batch_cell(source->batch, source->row, column);
    return value;
}

static struct value time_value(const struct row_source *source, enum report_column column,
                               bool is_never_none)
{
    const int64_t *times = source->batch->times[column];
    int64_t at = times == NULL ? TIME_MISSING : times[source->row];
    struct value value = {.kind = VALUE_TIME, .number = at};

    if (at < TIME_FIRST) {
        value.kind = at == TIME_NEVER           ? VALUE_NEVER
                     : at == TIME_NONE          ? (is_never_none ? VALUE_NEVER : VALUE_NONE)
                     : at == TIME_NOT_SUPPORTED ? VALUE_NOT_SUPPORTED
                     : at == TIME_UNREADABLE    ? VALUE_UNREADABLE
                                                : VALUE_MISSING;
    }
    return value;
}

static struct value cell_value(const struct row_source *source, const struct schema_attr *attr,
                               enum report_column column, bool is_never_none)
{
    struct value value = {.kind = VALUE_MISSING};

    if (attr->type == TYPE_BOOL) {
        return flag_value(source, column);
    }
    if (attr->type == TYPE_TIME) {
        return time_value(source, column, is_never_none);
    }
    if (source->batch->positions[column] >= 0) {
        value.string = user_batch_cell(source->batch, source->row, column);
        value.kind = str_eq(value.string, STR("N/A")) ? VALUE_NONE : VALUE_STRING;
    }
    return value;
}

/* Whether something is in a slot, by the same rule as the columnar back end. */
static enum truth slot_exists(const struct row_source *source, enum report_column active)
{
    const struct flag_bits *flags = source->batch->flags[active];
    struct value rotated = time_value(source, (enum report_column)(active + 1), false);
    struct value state = flag_value(source, active);

    if (state.kind == VALUE_BOOL && state.boolean) {
        return TRUTH_TRUE;
    }
    if (state.kind == VALUE_BOOL) {
        return rotated.kind == VALUE_TIME                                          ? TRUTH_TRUE
               : rotated.kind == VALUE_MISSING || rotated.kind == VALUE_UNREADABLE ? TRUTH_UNKNOWN
                                                                                   : TRUTH_FALSE;
    }
    return flags != NULL && bit_at(flags->is_na, source->row) ? TRUTH_FALSE : TRUTH_UNKNOWN;
}

static bool slot_list(const struct row_source *source, const struct schema_attr *attr,
                      struct value *out)
{
    bool is_cert = attr->binding == BIND_CERTS;
    int stride = is_cert ? CERT_SLOT_STRIDE : KEY_SLOT_STRIDE;
    enum report_column first = is_cert ? COLUMN_CERT_1_ACTIVE : COLUMN_KEY_1_ACTIVE;
    const struct schema_entity *entity = attr->entity;

    *out = (struct value){.kind = VALUE_LIST};
    out->items = arena_array(source->arena, 2, sizeof *out->items);
    if (out->items == NULL) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        enum truth exists =
            attr->binding == BIND_SLOTS
                ? TRUTH_TRUE
                : slot_exists(source, (enum report_column)((int)first + i * stride));
        if (exists == TRUTH_FALSE) {
            continue;
        }
        struct value *item = &out->items[out->count++];
        *item = (struct value){.kind = VALUE_STRUCT,
                               .entity = entity,
                               .count = entity->attr_count,
                               .number = i + 1, /* which slot */
                               .maybe_absent = exists == TRUTH_UNKNOWN};
        item->items = arena_array(source->arena, entity->attr_count, sizeof *item->items);
        if (item->items == NULL) {
            return false;
        }
        for (size_t j = 0; j < entity->attr_count; j++) {
            const struct schema_attr *member = &entity->attrs[j];
            if (member->binding == BIND_COLUMN) {
                enum report_column column = (enum report_column)((int)member->column + i * stride);
                item->items[j] = cell_value(source, member, column, member->none_is_never);
            }
        }
    }
    return true;
}

static bool open_columns(const struct row_source *source, const struct schema_attr *attr,
                         struct value *out)
{
    *out = (struct value){.kind = VALUE_STRUCT,
                          .entity = attr->entity,
                          .count = source->names.count,
                          .names = source->names.names};
    out->items = arena_array(source->arena, source->names.count, sizeof *out->items);
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < source->names.count; i++) {
        struct str cell = row_cell(source->batch->table, source->batch->first + source->row, i);
        out->items[i] = (struct value){.kind = str_eq(cell, STR("N/A")) ? VALUE_NONE : VALUE_STRING,
                                       .string = cell};
    }
    return true;
}

static bool group_value(const struct row_source *source, const struct schema_attr *attr,
                        struct value *out)
{
    const struct schema_entity *entity = attr->entity;

    *out = (struct value){.kind = VALUE_STRUCT, .entity = entity, .count = entity->attr_count};
    out->items = arena_array(source->arena, entity->attr_count, sizeof *out->items);
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < entity->attr_count; i++) {
        if (entity->attrs[i].binding == BIND_COLUMN) {
            out->items[i] = cell_value(source, &entity->attrs[i], entity->attrs[i].column, false);
        }
    }
    return true;
}

static struct value arn_value(const struct row_source *source, enum report_binding binding)
{
    struct arn_parts parts = {0};
    struct value value = {.kind = VALUE_STRING};

    parts = arn_split(user_batch_cell(source->batch, source->row, COLUMN_ARN));
    if (parts.account.n == 0) {
        value.kind = VALUE_MISSING;
    } else if (binding == BIND_ACCOUNT) {
        value.string = parts.account;
    } else if (binding == BIND_PARTITION) {
        value.string = parts.partition;
    } else {
        value.string = parts.path;
    }
    return value;
}

bool batch_row_entity(struct arena *arena, const struct user_batch *batch, struct batch_names names,
                      size_t row, struct value *out)
{
    struct row_source source = {arena, batch, names, row};
    const struct schema_entity *user = schema_entity_find(STR("IAMUser"));

    *out = (struct value){.kind = VALUE_STRUCT, .entity = user, .count = user->attr_count};
    out->items = arena_array(arena, user->attr_count, sizeof *out->items);
    if (out->items == NULL) {
        return false;
    }
    for (size_t i = 0; i < user->attr_count; i++) {
        const struct schema_attr *attr = &user->attrs[i];
        struct value *value = &out->items[i];
        bool ok = true;
        switch (attr->binding) {
        case BIND_NONE:
            break;
        case BIND_COLUMN:
            *value = cell_value(&source, attr, attr->column, false);
            break;
        case BIND_IS_ROOT:
            *value = (struct value){.kind = VALUE_BOOL, .boolean = bit_at(batch->is_root, row)};
            break;
        case BIND_ACCOUNT:
        case BIND_PARTITION:
        case BIND_PATH:
            *value = arn_value(&source, attr->binding);
            break;
        case BIND_GROUP:
            ok = group_value(&source, attr, value);
            break;
        case BIND_KEYS:
        case BIND_SLOTS:
        case BIND_CERTS:
            ok = slot_list(&source, attr, value);
            break;
        case BIND_COLUMNS:
            ok = open_columns(&source, attr, value);
            break;
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}
