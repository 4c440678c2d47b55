/* JUnit XML for continuous integration: each verdict is a test case.
 *
 * A suite's counts stand before its cases, and findings stream: so each case has a suite of its
 * own, whose counts are known. Readers add suites up. html_text writes what XML 1.0 can hold: it
 * shows the controls and noncharacters that XML forbids as escapes. */
#include "render/html.h"
#include "report/export.h"
#include "report/report.h"

enum { TEXT_SIZE_MAX = 1 << 20, MESSAGE_SIZE_MAX = 1024 };

static void attribute(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, " %s=\"", name);
    html_text(out, value);
    buf_char(out, '"');
}

static void section(struct buf *text, struct str label, struct str value)
{
    if (value.n > 0) {
        buf_str(text, label);
        buf_str(text, value);
        buf_char(text, '\n');
    }
}

/* What the case says when it is opened. */
static void body_write(struct buf *out, const struct finding *finding)
{
    const struct control *control = finding->control;
    struct buf text, part;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_init(&part, TEXT_SIZE_MAX);
    export_sentence_write(&part, finding);
    section(&text, STR(""), buf_text(&part));
    section(&text, STR("Why: "), control->impact.n > 0 ? control->impact : control->description);
    buf_clear(&part);
    export_remedy_write(&part, control);
    section(&text, STR("Mend: "), buf_text(&part));
    html_prose(out, buf_text(&text));
    buf_clear(&part);
    export_cli_write(&part, finding);
    if (part.n > 0) { /* a name in it may hold a line end, which is to be seen */
        buf_str(out, STR("Run: "));
        html_text(out, buf_text(&part));
        buf_char(out, '\n');
    }
    buf_clear(&text);
    section(&text, STR("arn: "), finding->arn);
    for (size_t i = 0; i < control->references.count; i++) {
        section(&text, STR("See: "), control->references.items[i]);
    }
    html_prose(out, buf_text(&text));
    buf_release(&part);
    buf_release(&text);
}

/* <failure>, <error> for what could not be judged, <skipped> for what nobody wants judged. */
static void outcome_write(struct buf *out, const struct finding *finding)
{
    static const char *const elements[STATUS_COUNT] = {
        [STATUS_FAIL] = "failure",     [STATUS_UNKNOWN] = "error",
        [STATUS_EXCEPTED] = "skipped", [STATUS_NOT_APPLICABLE] = "skipped",
        [STATUS_PASS] = NULL,
    };
    const char *element = elements[finding->status];
    struct buf text, message;

    if (element == NULL) {
        return;
    }
    buf_init(&text, TEXT_SIZE_MAX);
    buf_init(&message, TEXT_SIZE_MAX);
    export_sentence_write(&text, finding);
    export_text_write(&message, buf_text(&text), MESSAGE_SIZE_MAX);
    buf_printf(out, "<%s", element);
    attribute(out, "type",
              finding->status == STATUS_FAIL ? severity_name(finding->severity)
                                             : status_name(finding->status));
    attribute(out, "message", buf_text(&message));
    buf_char(out, '>');
    if (finding->status != STATUS_NOT_APPLICABLE) {
        body_write(out, finding);
    }
    buf_printf(out, "</%s>\n", element);
    buf_release(&message);
    buf_release(&text);
}

static void case_write(struct buf *out, const struct finding *finding)
{
    struct buf name;

    buf_init(&name, TEXT_SIZE_MAX);
    buf_str(&name, finding->control->id);
    buf_str(out, STR("<testcase"));
    attribute(out, "classname", buf_text(&name));
    buf_clear(&name);
    buf_str(&name, finding->account.n > 0 ? finding->account : STR("unknown account"));
    if (finding->user.n > 0) {
        buf_str(&name, STR("/"));
        buf_str(&name, finding->user);
    }
    attribute(out, "name", buf_text(&name));
    buf_str(out, STR(" time=\"0\">\n"));
    outcome_write(out, finding);
    buf_str(out, STR("</testcase>\n"));
    buf_release(&name);
}

static void finding_write(struct buf *out, const struct finding *finding,
                          const struct report_options *options)
{
    enum status status = finding->status;

    (void)options;
    buf_str(out, STR("<testsuite"));
    attribute(out, "name", finding->control->id);
    buf_printf(out, " tests=\"1\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"0\">\n",
               status == STATUS_FAIL, status == STATUS_UNKNOWN,
               status == STATUS_EXCEPTED || status == STATUS_NOT_APPLICABLE);
    case_write(out, finding);
    buf_str(out, STR("</testsuite>\n"));
}

static void begin(struct buf *out, const struct report_options *options)
{
    (void)options;
    buf_str(out,
            STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"keywarden\">\n"));
}

static void end(struct buf *out, const struct posture *posture,
                const struct report_options *options)
{
    (void)posture;
    (void)options;
    buf_str(out, STR("</testsuites>\n"));
}

const struct report_format report_junit = {
    .name = STR_LIT("junit"),
    .help = STR_LIT("JUnit XML: each verdict a test case, for continuous integration"),
    .begin = begin,
    .finding = finding_write,
    .end = end,
};
