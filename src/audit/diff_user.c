#include "audit/diff_user.h"

#include <string.h>

#include "base/hash.h"
#include "report/record.h"

enum { TEXT_SIZE_MAX = 64 << 20, NAMES_SIZE_MAX = 64 << 20 };
enum { TAG_ROW = 'R', TAG_FINDING = 'F' };
enum builder { BUILDER_ROW, BUILDER_ACCOUNT, BUILDER_ROOT };

static const struct str root_user = STR_LIT("<root_account>");

bool diff_is_told(unsigned status)
{
    return status == STATUS_FAIL || status == STATUS_UNKNOWN || status == STATUS_EXCEPTED;
}

/* ---- a row as bytes ------------------------------------------------------------------------- */

/* Columns of the four slots, in their order. */
static const struct {
    enum report_column active, rotated;
} slot_columns[DIFF_SLOTS] = {
    {COLUMN_KEY_1_ACTIVE, COLUMN_KEY_1_ROTATED},
    {COLUMN_KEY_2_ACTIVE, COLUMN_KEY_2_ROTATED},
    {COLUMN_CERT_1_ACTIVE, COLUMN_CERT_1_ROTATED},
    {COLUMN_CERT_2_ACTIVE, COLUMN_CERT_2_ROTATED},
};
static const enum report_column used_columns[DIFF_KEYS] = {COLUMN_KEY_1_USED, COLUMN_KEY_2_USED};

#define COLUMN_BIT(column) (UINT32_C(1) << (column))
const uint32_t diff_columns = COLUMN_BIT(COLUMN_USER) | COLUMN_BIT(COLUMN_ARN) |
                              COLUMN_BIT(COLUMN_CREATED) | COLUMN_BIT(COLUMN_PASSWORD_ENABLED) |
                              COLUMN_BIT(COLUMN_PASSWORD_USED) |
                              COLUMN_BIT(COLUMN_PASSWORD_CHANGED) | COLUMN_BIT(COLUMN_MFA) |
                              COLUMN_BIT(COLUMN_KEY_1_ACTIVE) | COLUMN_BIT(COLUMN_KEY_1_ROTATED) |
                              COLUMN_BIT(COLUMN_KEY_1_USED) | COLUMN_BIT(COLUMN_KEY_2_ACTIVE) |
                              COLUMN_BIT(COLUMN_KEY_2_ROTATED) | COLUMN_BIT(COLUMN_KEY_2_USED) |
                              COLUMN_BIT(COLUMN_CERT_1_ACTIVE) | COLUMN_BIT(COLUMN_CERT_1_ROTATED) |
                              COLUMN_BIT(COLUMN_CERT_2_ACTIVE) | COLUMN_BIT(COLUMN_CERT_2_ROTATED);

struct row_head {
    struct diff_facts facts;
    uint32_t account_n, name_n, path_n, status_n;
};

static bool has_bit(const uint64_t *bits, size_t row)
{
    return bits[row / 64] >> (row % 64) & 1;
}

/* N/A says that a slot is empty, and nothing of a password or MFA. */
static uint8_t flag_at(const struct user_batch *batch, size_t row, enum report_column column,
                       bool is_slot, uint32_t *unknown)
{
    const struct flag_bits *bits = batch->flags[column];

    if (has_bit(bits->is_true, row)) {
        return DIFF_TRUE;
    }
    if (has_bit(bits->is_false, row)) {
        return DIFF_FALSE;
    }
    if (is_slot && has_bit(bits->is_na, row)) {
        return DIFF_NONE;
    }
    *unknown |= COLUMN_BIT(column);
    return DIFF_UNKNOWN;
}

static int64_t time_at(const struct user_batch *batch, size_t row, enum report_column column,
                       uint32_t *unknown)
{
    int64_t time = batch->times[column][row];

    if (time < TIME_NEVER) {
        *unknown |= COLUMN_BIT(column);
    }
    return time;
}

static void read_facts(const struct user_batch *batch, size_t row, struct diff_facts *facts)
{
    uint32_t *unknown = &facts->unknown;

    facts->has_row = true;
    facts->is_root = has_bit(batch->is_root, row);
    facts->created = time_at(batch, row, COLUMN_CREATED, unknown);
    facts->password = flag_at(batch, row, COLUMN_PASSWORD_ENABLED, false, unknown);
    facts->password_used = time_at(batch, row, COLUMN_PASSWORD_USED, unknown);
    facts->password_changed = time_at(batch, row, COLUMN_PASSWORD_CHANGED, unknown);
    facts->mfa = flag_at(batch, row, COLUMN_MFA, false, unknown);
    for (size_t i = 0; i < DIFF_SLOTS; i++) {
        facts->active[i] = flag_at(batch, row, slot_columns[i].active, true, unknown);
        facts->slots[i].rotated = time_at(batch, row, slot_columns[i].rotated, unknown);
        facts->slots[i].used =
            i < DIFF_KEYS ? time_at(batch, row, used_columns[i], unknown) : TIME_MISSING;
    }
}

void diff_row_write(struct buf *out, const struct audit_row *row)
{
    struct row_head head;
    struct str name = user_batch_cell(row->batch, row->index, COLUMN_USER);
    struct str path = arn_split(user_batch_cell(row->batch, row->index, COLUMN_ARN)).path;

    memset(&head, 0, sizeof head); /* padding too: it goes into the bytes */
    read_facts(row->batch, row->index, &head.facts);
    head.account_n = (uint32_t)row->account.n;
    head.name_n = (uint32_t)name.n;
    head.path_n = (uint32_t)path.n;
    head.status_n = (uint32_t)row->status_count;
    buf_char(out, TAG_ROW);
    buf_bytes(out, &head, sizeof head);
    buf_bytes(out, row->statuses, row->status_count);
    buf_str(out, row->account);
    buf_str(out, name);
    buf_str(out, path);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    buf_char(out, TAG_FINDING);
    report_record.finding(out, finding, options);
}

const struct report_format diff_format = {.name = STR_LIT("diff"), .finding = finding_write};

/* ---- names of evidence ---------------------------------------------------------------------- */

static void names_init(struct diff_names *names)
{
    *names = (struct diff_names){0};
    arena_init(&names->arena, NAMES_SIZE_MAX);
}

static void names_release(struct diff_names *names)
{
    mem_free(names->items);
    mem_free(names->columns);
    arena_release(&names->arena);
    *names = (struct diff_names){0};
}

static bool names_add(struct diff_names *names, struct str name, struct err *err)
{
    enum report_column column = COLUMN_USER;

    if (names->count == names->capacity) {
        names->capacity = names->capacity == 0 ? 64 : names->capacity * 2;
        names->items = mem_resize(names->items, names->capacity * sizeof *names->items);
        names->columns = mem_resize(names->columns, names->capacity * sizeof *names->columns);
    }
    if (!arena_str(&names->arena, name, &names->items[names->count])) {
        return err_set(err, ERR_INPUT, "the rules name too many attributes");
    }
    names->columns[names->count++] = report_column_find(name, &column) ? (int16_t)column : -1;
    return true;
}

static bool names_number(struct diff_names *names, struct str name, uint32_t *out, struct err *err)
{
    uint32_t *recent = &names->recent[hash_bytes(0, name) & 255];

    if (*recent > 0 && str_eq(names->items[*recent - 1], name)) {
        *out = *recent - 1;
        return true;
    }
    *out = 0;
    while (*out < names->count && !str_eq(names->items[*out], name)) {
        ++*out;
    }
    *recent = *out + 1;
    return *out < names->count || names_add(names, name, err);
}

/* ---- bytes to users ------------------------------------------------------------------------- */

void diff_reader_init(struct diff_reader *reader, const struct ruleset *rules)
{
    *reader = (struct diff_reader){.rules = rules};
    names_init(&reader->names);
    for (size_t i = 0; i < DIFF_BUILDERS; i++) {
        struct diff_builder *builder = &reader->builders[i];
        builder->statuses = mem_array(rules->count, sizeof *builder->statuses);
        buf_init(&builder->text, TEXT_SIZE_MAX);
        buf_init(&builder->account, TEXT_SIZE_MAX);
    }
}

void diff_reader_release(struct diff_reader *reader)
{
    for (size_t i = 0; i < DIFF_BUILDERS; i++) {
        mem_free(reader->builders[i].statuses);
        buf_release(&reader->builders[i].text);
        buf_release(&reader->builders[i].account);
    }
    names_release(&reader->names);
    *reader = (struct diff_reader){0};
}

static struct str take(struct str *bytes, size_t n)
{
    struct str head = str_sub(*bytes, 0, n);

    *bytes = str_sub(*bytes, n, bytes->n);
    return head;
}

/* Hands out the user that was being built. */
static bool builder_close(struct diff_reader *reader, struct diff_builder *builder, struct err *err)
{
    struct diff_user *user = &builder->user;
    bool is_nameless = user->facts.has_row && user->name_n == 0;

    if (!builder->is_open) {
        return true;
    }
    builder->is_open = false;
    if (builder->text.overflowed) {
        return err_set(err, ERR_INPUT, "the findings of one user need more than %d MiB",
                       TEXT_SIZE_MAX >> 20);
    }
    user->text = builder->text.p;
    user->statuses = builder->statuses;
    user->findings_n = (uint32_t)(builder->text.n - user->name_n - user->path_n);
    return is_nameless || reader->user(reader->shared, buf_text(&builder->account), user, err);
}

static bool close_all(struct diff_reader *reader, struct err *err)
{
    for (size_t i = 0; i < DIFF_BUILDERS; i++) {
        if (!builder_close(reader, &reader->builders[i], err)) {
            return false;
        }
    }
    return true;
}

static void builder_open(struct diff_builder *builder, struct str account, struct str name,
                         struct str path)
{
    builder->user = (struct diff_user){.name_n = (uint32_t)name.n, .path_n = (uint32_t)path.n};
    builder->is_open = true;
    buf_clear(&builder->account);
    buf_str(&builder->account, account);
    buf_clear(&builder->text);
    buf_str(&builder->text, name);
    buf_str(&builder->text, path);
}

static bool read_row(struct diff_reader *reader, struct str *bytes, struct err *err)
{
    struct diff_builder *builder = &reader->builders[BUILDER_ROW];
    struct row_head head;
    struct str account, name;

    if (!close_all(reader, err)) {
        return false;
    }
    memcpy(&head, take(bytes, sizeof head).p, sizeof head);
    memcpy(builder->statuses, take(bytes, head.status_n).p, head.status_n);
    account = take(bytes, head.account_n);
    name = take(bytes, head.name_n);
    builder_open(builder, account, name, take(bytes, head.path_n));
    builder->user.facts = head.facts;
    reader->findings_left = 0;
    for (size_t i = 0; i < head.status_n; i++) {
        reader->findings_left += diff_is_told(builder->statuses[i]);
    }
    return true;
}

/* The builder of a finding that belongs to no row; a new report of the same account starts anew. */
static bool loose_builder(struct diff_reader *reader, const struct finding *finding, size_t control,
                          struct diff_builder **out, struct err *err)
{
    bool is_root = str_eq(finding->user, root_user);
    struct diff_builder *builder = &reader->builders[is_root ? BUILDER_ROOT : BUILDER_ACCOUNT];

    *out = builder;
    if (builder->is_open && control > builder->control &&
        str_eq(buf_text(&builder->account), finding->account)) {
        return true;
    }
    if (!builder_close(reader, builder, err)) {
        return false;
    }
    memset(builder->statuses, STATUS_NOT_JUDGED, reader->rules->count);
    builder_open(builder, finding->account, finding->user, STR(""));
    builder->user.facts.is_root = is_root;
    return true;
}

static bool put_finding(struct diff_reader *reader, struct diff_builder *builder,
                        const struct finding *finding, struct err *err)
{
    const uint8_t head[] = {(uint8_t)finding->status, (uint8_t)finding->severity,
                            (uint8_t)finding->gap};
    struct buf *text = &builder->text;
    size_t at = 0;
    uint32_t n = 0, name = 0;

    buf_bytes(text, head, sizeof head);
    at = text->n;
    buf_bytes(text, &n, sizeof n);
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (!names_number(&reader->names, finding->evidence[i].name, &name, err)) {
            return false;
        }
        struct change_evidence evidence = change_evidence_of(&finding->evidence[i], name);
        change_evidence_put(text, &evidence);
    }
    if (!text->overflowed) {
        n = (uint32_t)(text->n - at - sizeof n);
        memcpy(text->p + at, &n, sizeof n);
    }
    return true;
}

static bool read_finding(struct diff_reader *reader, struct str *bytes, struct err *err)
{
    struct evidence evidence[EVIDENCE_COUNT_MAX];
    struct diff_builder *builder = &reader->builders[BUILDER_ROW];
    struct finding finding;

    if (!record_read(bytes, evidence, &finding)) {
        return err_set(err, ERR_BUG, "a finding was cut in two");
    }
    size_t control = (size_t)(finding.control - reader->rules->controls);
    if (reader->findings_left > 0) {
        reader->findings_left--;
    } else if (!loose_builder(reader, &finding, control, &builder, err)) {
        return false;
    }
    builder->statuses[control] = (uint8_t)finding.status;
    builder->control = control;
    return put_finding(reader, builder, &finding, err);
}

bool diff_reader_feed(struct diff_reader *reader, struct str bytes, struct err *err)
{
    while (bytes.n > 0) {
        char tag = *take(&bytes, 1).p;
        if (!(tag == TAG_ROW ? read_row : read_finding)(reader, &bytes, err)) {
            return false;
        }
    }
    return true;
}

bool diff_reader_end(struct diff_reader *reader, struct err *err)
{
    return close_all(reader, err);
}

/* ---- users ---------------------------------------------------------------------------------- */

struct diff_finding diff_finding_take(struct str *findings)
{
    struct diff_finding out = {.status = (uint8_t)findings->p[0],
                               .severity = (uint8_t)findings->p[1],
                               .gap = (uint8_t)findings->p[2]};
    uint32_t n = 0;

    (void)take(findings, 3);
    memcpy(&n, take(findings, sizeof n).p, sizeof n);
    out.evidence = take(findings, n);
    return out;
}

struct diff_user *diff_user_copy(struct arena *arena, const struct diff_user *user,
                                 size_t control_count)
{
    size_t text_n = (size_t)user->name_n + user->path_n + user->findings_n;
    struct diff_user *copy = arena_alloc(arena, sizeof *copy + control_count + text_n);
    uint8_t *behind = NULL;

    if (copy == NULL) {
        return NULL;
    }
    behind = (uint8_t *)(copy + 1);
    *copy = *user;
    memcpy(behind, user->statuses, control_count);
    if (text_n > 0) {
        memcpy(behind + control_count, user->text, text_n);
    }
    copy->statuses = behind;
    copy->text = (const char *)behind + control_count;
    return copy;
}
