/* AWS Security Finding Format 2018-10-08: an array of findings as BatchImportFindings takes them.
 * Lengths are those of the service's reference; empty texts are refused by it. */
#include "base/instant.h"
#include "report/alert_export.h"
#include "report/export.h"

enum {
    TITLE_SIZE_MAX = 256,
    DESCRIPTION_SIZE_MAX = 1024,
    TEXT_SIZE_MAX = 512,
    FIELD_SIZE_MAX = 2048,
    RESOURCE_ID_SIZE_MAX = 1024,
    BUFFER_MAX = 1 << 20,
    ACCOUNT_SIZE = 12,
};

struct finding_writer {
    struct json_writer json;
    const struct alert *alert;
    struct buf text; /* for what has to be put together first */
};

static void begin(struct alert_writer *writer)
{
    buf_str(writer->out, STR("[\n"));
}

static void end(struct alert_writer *writer, const struct alert_totals *totals)
{
    (void)totals;
    buf_str(writer->out, STR("\n]\n"));
}

static void member(struct finding_writer *w, struct str key, struct str text, size_t size_max)
{
    struct buf limited;

    if (str_trim(text).n == 0) {
        return;
    }
    buf_init(&limited, BUFFER_MAX);
    export_text_write(&limited, text, size_max);
    json_member_text(&w->json, key, buf_text(&limited));
    buf_release(&limited);
}

static void member_open(struct finding_writer *w, struct str key, char bracket)
{
    json_key(&w->json, key);
    json_open(&w->json, bracket);
}

static struct str account_of(const struct alert *alert)
{
    struct str account = alert->account;

    for (size_t i = 0; i < account.n; i++) {
        if (account.p[i] < '0' || account.p[i] > '9') {
            account.n = 0;
        }
    }
    return account.n == ACCOUNT_SIZE ? account : STR("000000000000");
}

static void identity_write(struct finding_writer *w)
{
    struct str account = account_of(w->alert), partition = alert_partition(w->alert);
    struct str region = alert_region(w->alert);

    member(w, STR("SchemaVersion"), STR("2018-10-08"), TEXT_SIZE_MAX);
    alert_id_write(&w->text, w->alert);
    member(w, STR("Id"), buf_text(&w->text), TEXT_SIZE_MAX);
    buf_clear(&w->text);
    buf_printf(&w->text, "arn:%.*s:securityhub:%.*s:%.*s:product/%.*s/default", STR_ARG(partition),
               STR_ARG(region), STR_ARG(account), STR_ARG(account));
    member(w, STR("ProductArn"), buf_text(&w->text), FIELD_SIZE_MAX);
    member(w, STR("ProductName"), STR("keywarden"), TEXT_SIZE_MAX);
    member(w, STR("CompanyName"), STR("keywarden"), TEXT_SIZE_MAX);
    buf_clear(&w->text);
    buf_printf(&w->text, "keywarden/%.*s", STR_ARG(w->alert->rule->id));
    member(w, STR("GeneratorId"), buf_text(&w->text), TEXT_SIZE_MAX);
    member(w, STR("AwsAccountId"), account, TEXT_SIZE_MAX);
    buf_clear(&w->text);
}

static void instant_member(struct finding_writer *w, struct str key, int64_t at)
{
    json_member_instant(&w->json, key, true, at);
}

static void severity_write(struct finding_writer *w)
{
    static const struct str labels[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = STR_LIT("INFORMATIONAL"), [SEVERITY_LOW] = STR_LIT("LOW"),
        [SEVERITY_MEDIUM] = STR_LIT("MEDIUM"),      [SEVERITY_HIGH] = STR_LIT("HIGH"),
        [SEVERITY_CRITICAL] = STR_LIT("CRITICAL"),
    };

    member_open(w, STR("Severity"), '{');
    json_member_text(&w->json, STR("Label"), labels[w->alert->rule->severity]);
    json_member_text(&w->json, STR("Original"), alert_level_name(w->alert->rule->severity));
    json_close(&w->json, '}');
    member_open(w, STR("Types"), '[');
    json_text(&w->json, STR("Unusual Behaviors/User"));
    json_close(&w->json, ']');
}

static void texts_write(struct finding_writer *w)
{
    const struct alert_rule *rule = w->alert->rule;

    member(w, STR("Title"),
           str_trim(rule->title).n > 0 ? rule->title : STR("A rule without a title"),
           TITLE_SIZE_MAX);
    buf_clear(&w->text);
    alert_sentence_write(&w->text, w->alert);
    if (rule->description.n > 0) {
        buf_str(&w->text, STR(". "));
        buf_str(&w->text, rule->description);
    }
    member(w, STR("Description"), buf_text(&w->text), DESCRIPTION_SIZE_MAX);
    if (rule->references.count > 0 && export_is_url(rule->references.items[0])) {
        member(w, STR("SourceUrl"), rule->references.items[0], FIELD_SIZE_MAX);
    }
}

static void resources_write(struct finding_writer *w)
{
    const struct alert *alert = w->alert;
    struct str partition = alert_partition(alert);
    bool is_root = alert_is_root(alert) || alert->principal.n == 0;

    member_open(w, STR("Resources"), '[');
    json_open(&w->json, '{');
    member(w, STR("Type"),
           is_root                                         ? STR("AwsAccount")
           : str_eq(alert->principal_type, STR("IAMUser")) ? STR("AwsIamUser")
                                                           : STR("Other"),
           TEXT_SIZE_MAX);
    buf_clear(&w->text);
    buf_printf(&w->text, "AWS::::Account:%.*s", STR_ARG(account_of(alert)));
    member(w, STR("Id"), is_root ? buf_text(&w->text) : alert->principal, RESOURCE_ID_SIZE_MAX);
    if (str_eq(partition, STR("aws")) || str_eq(partition, STR("aws-cn")) ||
        str_eq(partition, STR("aws-us-gov"))) {
        member(w, STR("Partition"), partition, TEXT_SIZE_MAX);
    }
    member(w, STR("Region"), alert_region(alert), TEXT_SIZE_MAX);
    member_open(w, STR("Details"), '{');
    member_open(w, STR("Other"), '{');
    member(w, STR("PrincipalType"), alert->principal_type, RESOURCE_ID_SIZE_MAX);
    member(w, STR("PrincipalArn"), alert->principal, RESOURCE_ID_SIZE_MAX);
    member(w, STR("AccessKeyId"), alert->access_key_id, RESOURCE_ID_SIZE_MAX);
    json_close(&w->json, '}');
    json_close(&w->json, '}');
    json_close(&w->json, '}');
    json_close(&w->json, ']');
}

static void fields_write(struct finding_writer *w, const struct alert_options *options)
{
    const struct alert *alert = w->alert;

    member_open(w, STR("ProductFields"), '{');
    member(w, STR("ProviderName"), STR("keywarden"), FIELD_SIZE_MAX);
    member(w, STR("ProviderVersion"), options->version, FIELD_SIZE_MAX);
    member(w, STR("keywarden/time"), alert->time, FIELD_SIZE_MAX);
    member(w, STR("keywarden/event-id"), alert->event_id, FIELD_SIZE_MAX);
    member(w, STR("keywarden/event-name"), alert->event_name, FIELD_SIZE_MAX);
    member(w, STR("keywarden/event-source"), alert->event_source, FIELD_SIZE_MAX);
    member(w, STR("keywarden/principal"), alert->principal, FIELD_SIZE_MAX);
    member(w, STR("keywarden/source-ip"), alert->source_ip, FIELD_SIZE_MAX);
    member(w, STR("keywarden/user-agent"), alert->user_agent, FIELD_SIZE_MAX);
    member(w, STR("keywarden/error"), alert->error_code, FIELD_SIZE_MAX);
    member(w, STR("keywarden/file"), alert->file, FIELD_SIZE_MAX);
    json_close(&w->json, '}');
}

static void alert_write(struct alert_writer *writer, const struct alert *alert)
{
    struct finding_writer w = {.json = {.out = writer->out}, .alert = alert};
    int64_t at = alert_instant(alert, writer->options), now = writer->options->now;

    buf_init(&w.text, BUFFER_MAX);
    alert_part(writer);
    json_open(&w.json, '{');
    identity_write(&w);
    severity_write(&w);
    instant_member(&w, STR("FirstObservedAt"), at);
    instant_member(&w, STR("CreatedAt"), at);
    instant_member(&w, STR("UpdatedAt"), now > at ? now : at);
    texts_write(&w);
    fields_write(&w, writer->options);
    resources_write(&w);
    member_open(&w, STR("Workflow"), '{');
    json_member_text(&w.json, STR("Status"), STR("NEW"));
    json_close(&w.json, '}');
    json_member_text(&w.json, STR("RecordState"), STR("ACTIVE"));
    member_open(&w, STR("FindingProviderFields"), '{');
    severity_write(&w);
    json_close(&w.json, '}');
    json_close(&w.json, '}');
    buf_release(&w.text);
}

const struct alert_format alert_asff = {
    .name = STR_LIT("asff"),
    .help = STR_LIT("an array of findings for AWS Security Hub to import"),
    .begin = begin,
    .alert = alert_write,
    .end = end,
};
