/* AWS Security Finding Format 2018-10-08: an array of findings as BatchImportFindings takes them.
 *
 * The lengths are those of the service's reference. Security Hub counts characters; we count bytes,
 * which are never fewer. Empty strings and strings of blanks are refused by it, so nothing is
 * written that could be one. */
#include "base/instant.h"
#include "model/user_batch.h"
#include "render/json.h"
#include "report/export.h"

enum {
    TITLE_SIZE_MAX = 256,
    DESCRIPTION_SIZE_MAX = 1024,
    RECOMMENDATION_SIZE_MAX = 512,
    ORIGINAL_SIZE_MAX = 64,
    FIELD_SIZE_MAX = 2048,
    REASON_SIZE_MAX = 1024,
    REQUIREMENT_SIZE_MAX = 64,
    RESOURCE_ID_SIZE_MAX = 1024,
    REQUIREMENTS_MAX = 32,
    STANDARDS_MAX = 20,
    REFERENCES_MAX = 9,
    TEXT_SIZE_MAX = 1 << 20,
};

/* One finding being written. */
struct writer {
    struct json_writer json;
    const struct finding *finding;
    struct buf text; /* for what has to be put together first */
};

static bool has_ink(struct str text)
{
    return str_trim(text).n > 0;
}

static void member(struct writer *w, struct str key, struct str text)
{
    json_key(&w->json, key);
    json_text(&w->json, text);
}

/* A text of the report or a pack within a limit; left out when it has nothing to show. */
static void member_limited(struct writer *w, struct str key, struct str text, size_t size_max)
{
    struct buf limited;

    if (!has_ink(text)) {
        return;
    }
    buf_init(&limited, TEXT_SIZE_MAX);
    export_text_write(&limited, text, size_max);
    member(w, key, buf_text(&limited));
    buf_release(&limited);
}

static void member_instant(struct writer *w, struct str key, int64_t at)
{
    buf_clear(&w->text);
    instant_write(&w->text, at);
    member(w, key, buf_text(&w->text));
}

/* What `write` says of the finding. */
static void member_written(struct writer *w, struct str key, size_t size_max,
                           void (*write)(struct buf *, const struct finding *))
{
    buf_clear(&w->text);
    write(&w->text, w->finding);
    member_limited(w, key, buf_text(&w->text), size_max);
}

static struct str account_of(const struct finding *finding)
{
    return finding->account.n > 0 ? finding->account : STR("000000000000");
}

/* ---- what it is ----------------------------------------------------------------------------- */

static void identity_write(struct writer *w)
{
    const struct finding *finding = w->finding;
    struct str account = account_of(finding), partition = export_partition(finding);
    struct str region = export_region(finding);

    member(w, STR("SchemaVersion"), STR("2018-10-08"));
    buf_clear(&w->text);
    export_id_write(&w->text, finding);
    member(w, STR("Id"), buf_text(&w->text));
    buf_clear(&w->text);
    buf_printf(&w->text, "arn:%.*s:securityhub:%.*s:%.*s:product/%.*s/default", STR_ARG(partition),
               STR_ARG(region), STR_ARG(account), STR_ARG(account));
    member_limited(w, STR("ProductArn"), buf_text(&w->text), FIELD_SIZE_MAX);
    member(w, STR("ProductName"), STR("keywarden"));
    member(w, STR("CompanyName"), STR("keywarden"));
    buf_clear(&w->text);
    buf_str(&w->text, STR("keywarden/"));
    buf_str(&w->text, finding->control->id);
    member_limited(w, STR("GeneratorId"), buf_text(&w->text), RECOMMENDATION_SIZE_MAX);
    member(w, STR("AwsAccountId"), account);
}

/* What is no problem has no severity of its own; the control's stays readable beside it. */
static void severity_write(struct writer *w)
{
    static const struct str labels[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = STR_LIT("INFORMATIONAL"), [SEVERITY_LOW] = STR_LIT("LOW"),
        [SEVERITY_MEDIUM] = STR_LIT("MEDIUM"),      [SEVERITY_HIGH] = STR_LIT("HIGH"),
        [SEVERITY_CRITICAL] = STR_LIT("CRITICAL"),
    };
    enum status status = w->finding->status;
    bool is_fine = status == STATUS_PASS || status == STATUS_NOT_APPLICABLE;
    enum severity severity = is_fine ? SEVERITY_INFO : w->finding->severity;

    json_key(&w->json, STR("Severity"));
    json_open(&w->json, '{');
    member(w, STR("Label"), labels[severity]);
    member(w, STR("Original"), severity_name(w->finding->severity));
    json_close(&w->json, '}');
}

static void types_write(struct writer *w)
{
    json_key(&w->json, STR("Types"));
    json_open(&w->json, '[');
    json_text(&w->json, STR("Software and Configuration Checks/AWS Security Best Practices"));
    json_close(&w->json, ']');
}

static void texts_write(struct writer *w)
{
    const struct control *control = w->finding->control;

    member_limited(w, STR("Title"),
                   has_ink(control->title) ? control->title : STR("A control without a title"),
                   TITLE_SIZE_MAX);
    buf_clear(&w->text);
    export_sentence_write(&w->text, w->finding);
    if (control->description.n > 0) {
        buf_str(&w->text, STR(". "));
        buf_str(&w->text, control->description);
    }
    member_limited(w, STR("Description"), buf_text(&w->text), DESCRIPTION_SIZE_MAX);
}

/* Steps, and the command where it fits whole; ProductFields has it in any case. */
static void remediation_write(struct writer *w)
{
    const struct control *control = w->finding->control;
    size_t steps = 0;

    buf_clear(&w->text);
    export_remedy_write(&w->text, control);
    steps = w->text.n;
    if (control->cli.n > 0) {
        buf_str(&w->text, steps > 0 ? STR(" Command: ") : STR("Command: "));
        size_t command = w->text.n;
        export_cli_write(&w->text, w->finding);
        if (w->text.n == command || w->text.n > RECOMMENDATION_SIZE_MAX) {
            w->text.n = steps;
        }
    }
    if (w->text.n == 0 && control->references.count == 0) {
        return;
    }
    json_key(&w->json, STR("Remediation"));
    json_open(&w->json, '{');
    json_key(&w->json, STR("Recommendation"));
    json_open(&w->json, '{');
    member_limited(w, STR("Text"), buf_text(&w->text), RECOMMENDATION_SIZE_MAX);
    if (control->references.count > 0) {
        member_limited(w, STR("Url"), control->references.items[0], FIELD_SIZE_MAX);
    }
    json_close(&w->json, '}');
    json_close(&w->json, '}');
}

/* ---- product fields ------------------------------------------------------------------------- */

static void numbered(struct writer *w, const char *name, size_t number, struct str value)
{
    char key[48];
    struct buf text = {.p = key, .capacity = sizeof key, .size_max = sizeof key};

    buf_printf(&text, "keywarden/%s/%zu", name, number);
    member_limited(w, buf_text(&text), value, FIELD_SIZE_MAX);
}

/* At most 4 + 24 + 9 of the 50 pairs there is room for. */
static void fields_write(struct writer *w, const struct report_options *options)
{
    const struct finding *finding = w->finding;
    const struct str_list *references = &finding->control->references;

    json_key(&w->json, STR("ProductFields"));
    json_open(&w->json, '{');
    member(w, STR("ProviderName"), STR("keywarden"));
    member(w, STR("ProviderVersion"), options->version);
    member(w, STR("keywarden/status"), status_name(finding->status));
    for (size_t i = 0; i < finding->evidence_count; i++) {
        buf_clear(&w->text);
        buf_str(&w->text, finding->evidence[i].name);
        buf_char(&w->text, '=');
        buf_str(&w->text, finding->evidence[i].value);
        numbered(w, "evidence", i + 1, buf_text(&w->text));
    }
    for (size_t i = 0; i < references->count && i < REFERENCES_MAX; i++) {
        numbered(w, "reference", i + 1, references->items[i]);
    }
    buf_clear(&w->text);
    export_cli_write(&w->text, finding);
    if (w->text.n <= FIELD_SIZE_MAX) {
        member_limited(w, STR("keywarden/cli"), buf_text(&w->text), FIELD_SIZE_MAX);
    }
    json_close(&w->json, '}');
}

/* ---- resources ------------------------------------------------------------------------------ */

static void resource_open(struct writer *w, struct str type, struct str id)
{
    static const struct str known[] = {STR_LIT("aws"), STR_LIT("aws-cn"), STR_LIT("aws-us-gov")};
    struct str partition = export_partition(w->finding);

    json_open(&w->json, '{');
    member(w, STR("Type"), type);
    member_limited(w, STR("Id"), has_ink(id) ? id : STR("unknown"), RESOURCE_ID_SIZE_MAX);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_eq(partition, known[i])) {
            member(w, STR("Partition"), partition);
        }
    }
    member(w, STR("Region"), export_region(w->finding));
    json_key(&w->json, STR("Details"));
    json_open(&w->json, '{');
}

static void resource_close(struct writer *w)
{
    json_close(&w->json, '}');
    json_close(&w->json, '}');
}

/* The root user is a property of its account, as in Security Hub's own controls on it: findings of
 * both meet at one resource. */
static void account_resource_write(struct writer *w)
{
    struct buf id;

    buf_init(&id, TEXT_SIZE_MAX);
    buf_printf(&id, "AWS::::Account:%.*s", STR_ARG(account_of(w->finding)));
    resource_open(w, STR("AwsAccount"), buf_text(&id));
    json_key(&w->json, STR("Other"));
    json_open(&w->json, '{');
    if (export_principal(w->finding) == PRINCIPAL_ROOT) {
        member(w, STR("PrincipalType"), STR("Root"));
        member_limited(w, STR("PrincipalArn"), w->finding->arn, RESOURCE_ID_SIZE_MAX);
    } else {
        member(w, STR("PrincipalType"), STR("Account"));
    }
    json_close(&w->json, '}');
    resource_close(w);
    buf_release(&id);
}

static void user_resource_write(struct writer *w)
{
    const struct finding *finding = w->finding;

    resource_open(w, STR("AwsIamUser"), has_ink(finding->arn) ? finding->arn : finding->user);
    json_key(&w->json, STR("AwsIamUser"));
    json_open(&w->json, '{');
    member_limited(w, STR("UserName"), finding->user, RESOURCE_ID_SIZE_MAX);
    member_limited(w, STR("Path"), arn_split(finding->arn).path, RESOURCE_ID_SIZE_MAX);
    json_close(&w->json, '}');
    resource_close(w);
}

/* A report tells no key ids: the slot and the day the key was made are the key's name here. */
static void key_resource_write(struct writer *w, const struct export_key *key)
{
    const struct finding *finding = w->finding;
    bool is_root = export_principal(finding) == PRINCIPAL_ROOT;
    struct buf id;

    buf_init(&id, TEXT_SIZE_MAX);
    export_key_write(&id, finding, key);
    resource_open(w, STR("AwsIamAccessKey"), buf_text(&id));
    json_key(&w->json, STR("AwsIamAccessKey"));
    json_open(&w->json, '{');
    member_limited(w, STR("PrincipalName"), finding->user, RESOURCE_ID_SIZE_MAX);
    member(w, STR("PrincipalType"), is_root ? STR("Root") : STR("IAMUser"));
    member(w, STR("AccountId"), account_of(finding));
    member(w, STR("Status"), key->is_active ? STR("Active") : STR("Inactive"));
    if (key->is_dated) {
        member_instant(w, STR("CreatedAt"), key->rotated);
    }
    json_close(&w->json, '}');
    json_key(&w->json, STR("Other"));
    json_open(&w->json, '{');
    member(w, STR("Slot"), key->column);
    if (key->is_dated) {
        member_instant(w, STR("LastRotated"), key->rotated);
    }
    json_close(&w->json, '}');
    resource_close(w);
    buf_release(&id);
}

static void resources_write(struct writer *w)
{
    struct export_key keys[KEY_SLOTS];
    size_t count = export_keys(w->finding, keys);

    json_key(&w->json, STR("Resources"));
    json_open(&w->json, '[');
    if (export_principal(w->finding) == PRINCIPAL_USER) {
        user_resource_write(w);
    } else {
        account_resource_write(w);
    }
    for (size_t i = 0; i < count; i++) {
        key_resource_write(w, &keys[i]);
    }
    json_close(&w->json, ']');
}

/* ---- compliance ----------------------------------------------------------------------------- */

/* WARNING is the service's word for missing information. NOT_AVAILABLE is what its own controls
 * answer where they do not apply. An exception is a warning, too, so that a finding which was a
 * failure when it was imported first does not stay one: Workflow is taken from new ones only. */
static struct str compliance_status(enum status status)
{
    static const struct str names[STATUS_COUNT] = {
        [STATUS_FAIL] = STR_LIT("FAILED"),      [STATUS_UNKNOWN] = STR_LIT("WARNING"),
        [STATUS_EXCEPTED] = STR_LIT("WARNING"), [STATUS_NOT_APPLICABLE] = STR_LIT("NOT_AVAILABLE"),
        [STATUS_PASS] = STR_LIT("PASSED"),
    };

    return names[status];
}

static struct str reason_code(const struct finding *finding)
{
    switch (finding->status) {
    case STATUS_UNKNOWN:
        return finding->gap == GAP_INPUT ? STR("KEYWARDEN_INPUT_INCOMPLETE")
                                         : STR("KEYWARDEN_NOT_COLLECTED");
    case STATUS_EXCEPTED:
        return STR("KEYWARDEN_EXCEPTED");
    case STATUS_NOT_APPLICABLE:
        return STR("KEYWARDEN_NOT_APPLICABLE");
    case STATUS_FAIL:
    case STATUS_PASS:
        break;
    }
    return STR("");
}

static void maps_write(struct writer *w)
{
    const struct control *control = w->finding->control;
    size_t count = 0;

    json_key(&w->json, STR("RelatedRequirements"));
    json_open(&w->json, '[');
    for (size_t i = 0; i < control->map_count && i < REQUIREMENTS_MAX; i++) {
        struct buf limited;
        buf_init(&limited, TEXT_SIZE_MAX);
        buf_clear(&w->text);
        buf_str(&w->text, control->maps[i].system);
        buf_char(&w->text, ' ');
        buf_str(&w->text, control->maps[i].id);
        export_text_write(&limited, buf_text(&w->text), REQUIREMENT_SIZE_MAX);
        json_text(&w->json, buf_text(&limited));
        buf_release(&limited);
    }
    json_close(&w->json, ']');
    json_key(&w->json, STR("AssociatedStandards"));
    json_open(&w->json, '[');
    for (size_t i = 0; i < control->map_count && count < STANDARDS_MAX; i++) {
        if (export_is_standard(control->maps[i].system) && has_ink(control->maps[i].system)) {
            json_open(&w->json, '{');
            member_limited(w, STR("StandardsId"), control->maps[i].system, ORIGINAL_SIZE_MAX);
            json_close(&w->json, '}');
            count++;
        }
    }
    json_close(&w->json, ']');
}

static void compliance_write(struct writer *w)
{
    struct str code = reason_code(w->finding);

    json_key(&w->json, STR("Compliance"));
    json_open(&w->json, '{');
    member(w, STR("Status"), compliance_status(w->finding->status));
    if (code.n > 0) {
        json_key(&w->json, STR("StatusReasons"));
        json_open(&w->json, '[');
        json_open(&w->json, '{');
        member(w, STR("ReasonCode"), code);
        member_written(w, STR("Description"), REASON_SIZE_MAX, export_sentence_write);
        json_close(&w->json, '}');
        json_close(&w->json, ']');
    }
    maps_write(w);
    json_close(&w->json, '}');
    json_key(&w->json, STR("Workflow"));
    json_open(&w->json, '{');
    member(w, STR("Status"),
           w->finding->status == STATUS_EXCEPTED ? STR("SUPPRESSED") : STR("NEW"));
    json_close(&w->json, '}');
    member(w, STR("RecordState"), STR("ACTIVE"));
}

/* An imported finding is only updated by one that was updated later: that is when the audit ran,
 * and never before what it is about. */
static void times_write(struct writer *w, const struct report_options *options)
{
    int64_t as_of = w->finding->as_of;

    member_instant(w, STR("CreatedAt"), as_of);
    member_instant(w, STR("UpdatedAt"), options->now > as_of ? options->now : as_of);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    struct writer w = {.json = {.out = out}, .finding = finding};

    buf_init(&w.text, TEXT_SIZE_MAX);
    buf_bytes(out, ",\n", 2);
    json_open(&w.json, '{');
    identity_write(&w);
    types_write(&w);
    times_write(&w, options);
    severity_write(&w);
    texts_write(&w);
    remediation_write(&w);
    fields_write(&w, options);
    resources_write(&w);
    compliance_write(&w);
    json_key(&w.json, STR("FindingProviderFields"));
    json_open(&w.json, '{');
    severity_write(&w);
    types_write(&w);
    json_close(&w.json, '}');
    json_close(&w.json, '}');
    buf_release(&w.text);
}

const struct report_format report_asff = {
    .name = STR_LIT("asff"),
    .help = STR_LIT("an array of findings for AWS Security Hub to import"),
    .separator_size = 2,
    .wants_keys = true,
    .begin = export_array_begin,
    .finding = finding_write,
    .end = export_array_end,
};
