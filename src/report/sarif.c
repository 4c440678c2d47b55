/* SARIF 2.1.0: one run; findings stream as results, and the rules they name follow at the end,
 * where the posture knows all controls.
 *
 * Code scanning at GitHub wants a place in a file for each result, tells results apart by
 * primaryLocationLineHash, and ranks them by the rule's security-severity. */
#include "base/instant.h"
#include "render/json.h"
#include "render/markdown.h"
#include "report/export.h"
#include "report/outline.h"
#include "report/report.h"
#include "report/sarif_parts.h"

enum { TEXT_SIZE_MAX = 1 << 20, TAGS_MAX = 20 };

/* ---- results -------------------------------------------------------------------------------- */

/* "open" is the standard's word for a rule that had too little to decide by. */
static struct str kind_name(enum status status)
{
    static const struct str names[STATUS_COUNT] = {
        [STATUS_FAIL] = STR_LIT("fail"),     [STATUS_UNKNOWN] = STR_LIT("open"),
        [STATUS_EXCEPTED] = STR_LIT("fail"), [STATUS_NOT_APPLICABLE] = STR_LIT("notApplicable"),
        [STATUS_PASS] = STR_LIT("pass"),
    };

    return names[status];
}

static void locations_write(struct json_writer *json, const struct finding *finding)
{
    sarif_member_open(json, STR("locations"), '[');
    json_open(json, '{');
    sarif_place_write(json, finding->path);
    sarif_member_open(json, STR("logicalLocations"), '[');
    json_open(json, '{');
    json_member_text(json, STR("name"), finding->user.n > 0 ? finding->user : finding->account);
    json_member_text(json, STR("fullyQualifiedName"),
                     finding->arn.n > 0    ? finding->arn
                     : finding->user.n > 0 ? finding->user
                                           : finding->account);
    json_member_text(json, STR("kind"), STR("resource"));
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
}

static void evidence_write(struct json_writer *json, const struct finding *finding)
{
    sarif_member_open(json, STR("evidence"), '[');
    for (size_t i = 0; i < finding->evidence_count; i++) {
        json_open(json, '{');
        json_member_text(json, STR("name"), finding->evidence[i].name);
        json_member_text(json, STR("value"), finding->evidence[i].value);
        json_close(json, '}');
    }
    json_close(json, ']');
}

static void properties_write(struct json_writer *json, const struct finding *finding)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    sarif_member_open(json, STR("properties"), '{');
    json_member_text(json, STR("status"), status_name(finding->status));
    json_member_text(json, STR("severity"), severity_name(finding->severity));
    json_member_text(json, STR("account"), finding->account);
    json_member_text(json, STR("user"), finding->user);
    json_member_text(json, STR("arn"), finding->arn);
    instant_write(&text, finding->as_of);
    json_member_text(json, STR("asOf"), buf_text(&text));
    evidence_write(json, finding);
    buf_clear(&text);
    export_cli_write(&text, finding);
    if (text.n > 0) {
        json_member_text(json, STR("cli"), buf_text(&text));
    }
    json_close(json, '}');
    buf_release(&text);
}

static void fingerprints_write(struct json_writer *json, const struct finding *finding)
{
    struct buf text;

    buf_init(&text, 256);
    export_fingerprint_write(&text, finding);
    sarif_member_open(json, STR("partialFingerprints"), '{');
    json_member_text(json, STR("primaryLocationLineHash"), buf_text(&text));
    json_member_text(json, STR("keywardenFinding/v1"), buf_text(&text));
    json_close(json, '}');
    buf_release(&text);
}

static void suppressions_write(struct json_writer *json, const struct finding *finding)
{
    const struct exception *exception = finding->exception;
    struct buf why;

    if (finding->status != STATUS_EXCEPTED) {
        return;
    }
    buf_init(&why, TEXT_SIZE_MAX);
    buf_str(&why, exception == NULL ? STR("an exception given to the audit") : exception->reason);
    if (exception != NULL) {
        buf_printf(&why, " (%.*s, until %.*s)", STR_ARG(exception->owner),
                   STR_ARG(exception->expires_day));
    }
    sarif_member_open(json, STR("suppressions"), '[');
    json_open(json, '{');
    json_member_text(json, STR("kind"), STR("external"));
    json_member_text(json, STR("status"), STR("accepted"));
    json_member_text(json, STR("justification"), buf_text(&why));
    json_close(json, '}');
    json_close(json, ']');
    buf_release(&why);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    struct json_writer json = {.out = out};
    bool fails = finding->status == STATUS_FAIL || finding->status == STATUS_EXCEPTED;
    struct buf text;

    (void)options;
    buf_init(&text, TEXT_SIZE_MAX);
    export_sentence_write(&text, finding);
    buf_bytes(out, ",\n", 2);
    json_open(&json, '{');
    json_member_text(&json, STR("ruleId"), finding->control->id);
    json_member_text(&json, STR("kind"), kind_name(finding->status));
    json_member_text(&json, STR("level"),
                     fails ? sarif_level_name(finding->severity) : STR("none"));
    sarif_message_write(&json, STR("message"), buf_text(&text));
    locations_write(&json, finding);
    fingerprints_write(&json, finding);
    suppressions_write(&json, finding);
    properties_write(&json, finding);
    json_close(&json, '}');
    buf_release(&text);
}

/* ---- rules ---------------------------------------------------------------------------------- */

/* The command of a rule names no principal yet: "{user}" becomes "USER". */
static void command_write(struct buf *out, struct str template)
{
    bool is_name = false;

    for (size_t i = 0; i < template.n; i++) {
        char c = template.p[i];
        if (c == '{' || c == '}') {
            is_name = c == '{';
        } else {
            bool is_small = is_name && c >= 'a' && c <= 'z';
            buf_char(out, is_small ? (char)(c - 'a' + 'A') : c == '\n' ? ' ' : c);
        }
    }
}

static void help_list_write(struct buf *out, const char *heading, const struct str_list *list,
                            bool is_markdown)
{
    if (list->count > 0) {
        buf_printf(out, is_markdown ? "\n## %s\n\n" : "\n%s:\n", heading);
    }
    for (size_t i = 0; i < list->count; i++) {
        buf_str(out, STR("- "));
        if (!is_markdown) {
            export_text_write(out, list->items[i], TEXT_SIZE_MAX);
        } else if (export_is_url(list->items[i])) {
            buf_printf(out, "<%.*s>", STR_ARG(list->items[i]));
        } else {
            markdown_text(out, list->items[i]);
        }
        buf_char(out, '\n');
    }
}

static void paragraph_write(struct buf *out, struct str text, bool is_markdown)
{
    if (text.n == 0) {
        return;
    }
    if (is_markdown) {
        markdown_text(out, text);
    } else {
        export_text_write(out, text, TEXT_SIZE_MAX);
    }
    buf_str(out, STR("\n"));
}

static void help_write(struct buf *out, const struct control *control, bool is_markdown)
{
    paragraph_write(out, control->description, is_markdown);
    buf_str(out, control->impact.n > 0 ? STR("\n") : STR(""));
    paragraph_write(out, control->impact, is_markdown);
    buf_str(out, control->rationale.n > 0 ? STR("\n") : STR(""));
    paragraph_write(out, control->rationale, is_markdown);
    help_list_write(out, "How to check", &control->audit, is_markdown);
    help_list_write(out, "How to mend", &control->remediation, is_markdown);
    if (control->cli.n > 0) {
        struct buf command;
        buf_init(&command, TEXT_SIZE_MAX);
        command_write(&command, str_trim(control->cli));
        buf_char(out, '\n');
        if (is_markdown) {
            markdown_block(out, STR("sh"), buf_text(&command));
        } else {
            export_text_write(out, buf_text(&command), TEXT_SIZE_MAX);
            buf_char(out, '\n');
        }
        buf_release(&command);
    }
    help_list_write(out, "References", &control->references, is_markdown);
}

static void help_member(struct json_writer *json, const struct control *control)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    help_write(&text, control, false);
    if (text.n == 0) {
        buf_str(&text, control->title);
    }
    sarif_member_open(json, STR("help"), '{');
    sarif_message_text_write(json, buf_text(&text));
    buf_clear(&text);
    help_write(&text, control, true);
    if (text.n > 0) {
        json_member_text(json, STR("markdown"), buf_text(&text));
    }
    json_close(json, '}');
    buf_release(&text);
}

/* Maps are tags, for people to filter by, as far as a reader takes them, and all again as objects
 * for programs. */
static void rule_properties_write(struct json_writer *json, const struct control *control)
{
    struct buf tag;

    buf_init(&tag, TEXT_SIZE_MAX);
    sarif_member_open(json, STR("properties"), '{');
    json_member_text(json, STR("security-severity"), sarif_security_severity(control->severity));
    json_member_text(json, STR("precision"), STR("very-high"));
    json_member_text(json, STR("severity"), severity_name(control->severity));
    sarif_member_open(json, STR("tags"), '[');
    json_text(json, STR("security"));
    json_text(json, STR("iam"));
    for (size_t i = 0; i < control->map_count && i + 2 < TAGS_MAX; i++) {
        buf_clear(&tag);
        buf_str(&tag, control->maps[i].system);
        buf_char(&tag, ' ');
        buf_str(&tag, control->maps[i].id);
        json_text(json, buf_text(&tag));
    }
    json_close(json, ']');
    sarif_member_open(json, STR("maps"), '[');
    for (size_t i = 0; i < control->map_count; i++) {
        json_open(json, '{');
        json_member_text(json, STR("system"), control->maps[i].system);
        json_member_text(json, STR("id"), control->maps[i].id);
        json_close(json, '}');
    }
    json_close(json, ']');
    json_close(json, '}');
    buf_release(&tag);
}

static void rule_write(struct json_writer *json, const struct control *control)
{
    json_open(json, '{');
    json_member_text(json, STR("id"), control->id);
    sarif_message_write(json, STR("shortDescription"), control->title);
    sarif_message_write(json, STR("fullDescription"),
                        control->description.n > 0 ? control->description : control->title);
    help_member(json, control);
    if (control->references.count > 0 && export_is_url(control->references.items[0])) {
        json_member_text(json, STR("helpUri"), control->references.items[0]);
    }
    sarif_member_open(json, STR("defaultConfiguration"), '{');
    json_member_text(json, STR("level"), sarif_level_name(control->severity));
    json_close(json, '}');
    rule_properties_write(json, control);
    json_close(json, '}');
}

/* ---- the run -------------------------------------------------------------------------------- */

static void tool_write(struct json_writer *json, const struct posture *posture,
                       const struct report_options *options)
{
    sarif_member_open(json, STR("tool"), '{');
    sarif_member_open(json, STR("driver"), '{');
    json_member_text(json, STR("name"), STR("keywarden"));
    json_member_text(json, STR("version"), options->version);
    sarif_member_open(json, STR("rules"), '[');
    for (size_t i = 0; i < posture->control_count; i++) {
        rule_write(json, posture->controls[i]);
    }
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, '}');
}

static void notification_write(struct json_writer *json, const struct err *err)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    outline_error_write(&text, err);
    json_open(json, '{');
    json_member_text(json, STR("level"), STR("error"));
    sarif_message_write(json, STR("message"), buf_text(&text));
    json_close(json, '}');
    buf_release(&text);
}

static void invocation_write(struct json_writer *json, const struct posture *posture)
{
    struct buf text;

    buf_init(&text, 64);
    instant_write(&text, posture->now);
    sarif_member_open(json, STR("invocations"), '[');
    json_open(json, '{');
    json_key(json, STR("executionSuccessful"));
    json_bool(json, posture->error_count == 0 && posture->report_count > 0);
    json_member_text(json, STR("endTimeUtc"), buf_text(&text));
    sarif_member_open(json, STR("toolExecutionNotifications"), '[');
    for (size_t i = 0; i < posture->error_sample_count; i++) {
        notification_write(json, &posture->errors[i]);
    }
    json_close(json, ']');
    json_close(json, '}');
    json_close(json, ']');
    buf_release(&text);
}

static void begin(struct buf *out, const struct report_options *options)
{
    (void)options;
    sarif_begin_write(out);
}

static void end(struct buf *out, const struct posture *posture,
                const struct report_options *options)
{
    struct json_writer json = {.out = out, .comma = true};

    buf_str(out, STR("\n]"));
    tool_write(&json, posture, options);
    invocation_write(&json, posture);
    json_member_text(&json, STR("columnKind"), STR("utf16CodeUnits"));
    buf_str(out, STR("}]}\n"));
}

const struct report_format report_sarif = {
    .name = STR_LIT("sarif"),
    .help = STR_LIT("SARIF 2.1.0, for code scanning"),
    .separator_size = 2,
    .begin = begin,
    .finding = finding_write,
    .end = end,
};
