#include "report/export.h"

#include "base/instant.h"
#include "crypto/sha256.h"
#include "render/terminal.h"

enum { TEXT_SIZE_MAX = 1 << 20, ID_PART_MAX = 200, ACCOUNT_SIZE = 12 };

/* ---- names ---------------------------------------------------------------------------------- */

/* With its length before it, so that no two lists of fields read the same. */
static void field_add(struct sha256 *sha, struct str field)
{
    char length[8];

    for (unsigned i = 0; i < 8; i++) {
        length[i] = (char)((uint64_t)field.n >> (8 * i));
    }
    sha256_add(sha, (struct str){length, sizeof length});
    sha256_add(sha, field);
}

void fingerprint_write(struct buf *out, const struct str *fields, size_t count)
{
    struct sha256 sha;
    unsigned char digest[SHA256_SIZE];

    sha256_init(&sha);
    for (size_t i = 0; i < count; i++) {
        field_add(&sha, fields[i]);
    }
    sha256_end(&sha, digest);
    for (size_t i = 0; i < SHA256_SIZE; i++) {
        buf_printf(out, "%02x", digest[i]);
    }
}

void export_fingerprint_write(struct buf *out, const struct finding *finding)
{
    const struct str fields[] = {finding->account.n > 0 ? finding->account : finding->arn,
                                 finding->user, finding->control->id};

    fingerprint_write(out, fields, sizeof fields / sizeof fields[0]);
}

/* The fingerprint tells apart; this part is for people, and may be cut and replaced: who reads an
 * id may put it into a token or a URL. */
static void id_part_write(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n && i < ID_PART_MAX; i++) {
        char c = text.p[i];
        bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        buf_char(out, is_word || c == '-' || c == '.' || c == ':' ? c : '_');
    }
}

void export_id_begin(struct buf *out, struct str account, struct str rule)
{
    buf_str(out, STR("keywarden/"));
    id_part_write(out, account.n > 0 ? str_sub(account, 0, ACCOUNT_SIZE) : STR("unknown"));
    buf_char(out, '/');
    id_part_write(out, rule);
    buf_char(out, '/');
}

void export_id_write(struct buf *out, const struct finding *finding)
{
    export_id_begin(out, finding->account, finding->control->id);
    export_fingerprint_write(out, finding);
}

/* ---- principals and keys -------------------------------------------------------------------- */

enum principal export_principal(const struct finding *finding)
{
    if (finding->user.n == 0 && finding->arn.n == 0) {
        return PRINCIPAL_ACCOUNT;
    }
    return str_eq(finding->user, STR("<root_account>")) ? PRINCIPAL_ROOT : PRINCIPAL_USER;
}

void export_principal_write(struct buf *out, const struct finding *finding)
{
    struct str account = finding->account.n > 0 ? finding->account : STR("(unknown)");

    switch (export_principal(finding)) {
    case PRINCIPAL_ACCOUNT:
        buf_printf(out, "account %.*s", STR_ARG(account));
        return;
    case PRINCIPAL_ROOT:
        buf_str(out, STR("the root user"));
        break;
    case PRINCIPAL_USER:
        terminal_text(out, finding->user.n > 0 ? finding->user : STR("a user without a name"));
        break;
    }
    buf_printf(out, " of account %.*s", STR_ARG(account));
}

static struct str status_verb(enum status status)
{
    static const struct str verbs[STATUS_COUNT] = {
        [STATUS_FAIL] = STR_LIT("fails"),
        [STATUS_UNKNOWN] = STR_LIT("cannot be judged by"),
        [STATUS_EXCEPTED] = STR_LIT("is excepted from"),
        [STATUS_NOT_APPLICABLE] = STR_LIT("is not concerned by"),
        [STATUS_PASS] = STR_LIT("passes"),
    };

    return verbs[status];
}

void export_sentence_write(struct buf *out, const struct finding *finding)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    export_principal_write(out, finding);
    buf_char(out, ' ');
    buf_str(out, status_verb(finding->status));
    buf_str(out, STR(" '"));
    export_text_write(out, finding->control->title, TEXT_SIZE_MAX);
    buf_char(out, '\'');
    report_evidence_write(&text, finding);
    if (text.n > 0) {
        buf_str(out, STR(": "));
        terminal_text(out, buf_text(&text));
    }
    buf_release(&text);
}

static bool has_evidence_of(const struct finding *finding, struct str column)
{
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (str_starts(finding->evidence[i].name, column)) {
            return true;
        }
    }
    return false;
}

size_t export_keys(const struct finding *finding, struct export_key keys[KEY_SLOTS])
{
    static const struct str columns[KEY_SLOTS] = {STR_LIT("access_key_1"), STR_LIT("access_key_2")};
    size_t count = 0;

    for (unsigned i = 0; i < KEY_SLOTS; i++) {
        const struct key_slot *slot = &finding->keys[i];
        struct export_key key = {.slot = i + 1, .column = columns[i]};

        key.is_active = str_eq_nocase(slot->active, STR("true"));
        key.is_dated = instant_parse(slot->rotated, &key.rotated);
        /* An inactive slot without a date is one that holds no key. */
        bool exists = key.is_active || (key.is_dated && str_eq_nocase(slot->active, STR("false")));
        if (exists && has_evidence_of(finding, columns[i])) {
            keys[count++] = key;
        }
    }
    return count;
}

void export_key_write(struct buf *out, const struct finding *finding, const struct export_key *key)
{
    buf_str(out, finding->arn.n > 0 ? finding->arn : finding->user);
    buf_char(out, '/');
    buf_str(out, key->column);
    if (key->is_dated) {
        buf_char(out, '/');
        instant_write(out, key->rotated);
    }
}

struct str export_partition(const struct finding *finding)
{
    return finding->partition.n > 0 ? finding->partition : STR("aws");
}

struct str partition_home(struct str partition)
{
    static const struct {
        struct str partition, region;
    } homes[] = {
        {STR_LIT("aws-cn"), STR_LIT("cn-north-1")},
        {STR_LIT("aws-us-gov"), STR_LIT("us-gov-west-1")},
        {STR_LIT("aws-iso"), STR_LIT("us-iso-east-1")},
        {STR_LIT("aws-iso-b"), STR_LIT("us-isob-east-1")},
        {STR_LIT("aws-iso-e"), STR_LIT("eu-isoe-west-1")},
        {STR_LIT("aws-iso-f"), STR_LIT("us-isof-south-1")},
        {STR_LIT("aws-eusc"), STR_LIT("eusc-de-east-1")},
    };

    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
        if (str_eq(partition, homes[i].partition)) {
            return homes[i].region;
        }
    }
    return STR("us-east-1");
}

struct str export_region(const struct finding *finding)
{
    return partition_home(finding->partition);
}

bool export_is_standard(struct str system)
{
    static const struct str tools[] = {
        STR_LIT("aws-config"),  STR_LIT("prowler"),  STR_LIT("steampipe"), STR_LIT("scoutsuite"),
        STR_LIT("cloudsploit"), STR_LIT("netskope"), STR_LIT("pingsafe"),
    };

    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++) {
        if (str_eq(system, tools[i])) {
            return false;
        }
    }
    return true;
}

/* ---- texts ---------------------------------------------------------------------------------- */

void export_remedy_write(struct buf *out, const struct control *control)
{
    for (size_t i = 0; i < control->remediation.count; i++) {
        buf_str(out, i > 0 ? STR(" ") : STR(""));
        buf_str(out, control->remediation.items[i]);
    }
}

void export_cli_write(struct buf *out, const struct finding *finding)
{
    enum { COMMAND_SIZE_MAX = 128 << 10 };
    struct buf text;

    if (finding->control->cli.n == 0) {
        return;
    }
    buf_init(&text, COMMAND_SIZE_MAX);
    report_cli_write(&text, finding);
    if (!text.overflowed) {
        buf_str(out, buf_text(&text));
    }
    buf_release(&text);
}

static void fold_write(struct buf *out, struct str text)
{
    struct str line;
    bool more = true;

    while (more) {
        more = str_cut(&text, '\n', &line);
        terminal_text(out, str_trim(line));
        if (more && text.n > 0) {
            buf_char(out, ' ');
        }
    }
}

/* Escapes make text longer, never shorter: more than is kept need not be looked at. */
void export_text_write(struct buf *out, struct str text, size_t size_max)
{
    static const struct str dots = STR_LIT("...");
    bool is_longer = text.n > 2 * size_max;
    size_t start = out->n, kept = 0;

    fold_write(out, str_sub(text, 0, 2 * size_max));
    if (out->overflowed || (out->n - start <= size_max && !is_longer)) {
        return;
    }
    kept = start + (size_max > dots.n ? size_max - dots.n : 0);
    kept = kept < out->n ? kept : out->n;
    while (kept > start && kept < out->n && ((unsigned char)out->p[kept] & 0xc0) == 0x80) {
        kept--;
    }
    out->n = kept;
    buf_str(out, dots);
}

bool export_is_url(struct str text)
{
    if (!str_starts(text, STR("https://")) && !str_starts(text, STR("http://"))) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] <= ' ' || text.p[i] > '~' || text.p[i] == '<' || text.p[i] == '>' ||
            text.p[i] == '"' || text.p[i] == '\\' || text.p[i] == '`' || text.p[i] == '|') {
            return false;
        }
    }
    return true;
}

/* ---- arrays --------------------------------------------------------------------------------- */

void export_array_begin(struct buf *out, const struct report_options *options)
{
    (void)options;
    buf_str(out, STR("[\n"));
}

void export_array_end(struct buf *out, const struct posture *posture,
                      const struct report_options *options)
{
    (void)posture;
    (void)options;
    buf_str(out, STR("\n]\n"));
}
