#include "remedy/step.h"

#include <string.h>

#include "render/terminal.h"
#include "report/command.h"
#include "report/shell.h"

enum { COLUMNS = 100, LABEL_WIDTH = 14, TEXT_SIZE_MAX = 1 << 20, USER_NAME_MAX = 64 };

/* ---- comments ------------------------------------------------------------------------------- */

void step_comment_write(struct buf *out, struct str label, struct str text)
{
    struct buf safe;
    struct str rest;

    buf_init(&safe, TEXT_SIZE_MAX);
    terminal_text(&safe, text);
    rest = buf_text(&safe);
    do {
        buf_str(out, STR("#   "));
        buf_str(out, label);
        buf_fill(out, ' ', label.n < LABEL_WIDTH ? LABEL_WIDTH - label.n : 0);
        label = STR("");
        buf_str(out, terminal_line(&rest, COLUMNS - 4 - LABEL_WIDTH, 0));
        buf_char(out, '\n');
        rest = str_trim(rest);
    } while (rest.n > 0);
    buf_release(&safe);
}

/* A sentence of a pack may be broken over lines, which is nothing to show. */
static void prose_write(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        buf_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
    }
}

static void note_write(struct buf *out, struct str text)
{
    buf_str(out, STR("#   "));
    buf_str(out, text);
    buf_char(out, '\n');
}

/* ---- what may have commands ----------------------------------------------------------------- */

static bool is_root(const struct finding *finding)
{
    return str_eq(finding->user, STR("<root_account>"));
}

bool step_account_is_known(struct str account)
{
    for (size_t i = 0; i < account.n; i++) {
        if (account.p[i] < '0' || account.p[i] > '9') {
            return false;
        }
    }
    return account.n == 12;
}

/* The names that IAM gives. A report with others was not written by AWS. */
static bool user_is_possible(struct str user)
{
    for (size_t i = 0; i < user.n; i++) {
        char c = user.p[i];
        bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || strchr("_+=,.@-", c) == NULL)) {
            return false;
        }
    }
    return user.n > 0 && user.n <= USER_NAME_MAX;
}

/* Why a finding has no commands; empty where it may. */
static struct str obstacle(const struct finding *finding)
{
    if (!step_account_is_known(finding->account)) {
        return STR("no command: the report does not say which account this is");
    }
    if (!is_root(finding) && !user_is_possible(finding->user)) {
        return STR("no command: IAM gives no such user name, so this report is not from AWS");
    }
    return STR("");
}

/* A command as one line that shows all it does; false when there is none to show. */
static bool take_command(struct buf *line, struct str text, const struct finding *finding)
{
    struct buf shown;
    bool ok = false;

    buf_clear(line);
    if (obstacle(finding).n > 0 || !command_write(line, text, finding)) {
        return false;
    }
    buf_init(&shown, TEXT_SIZE_MAX);
    terminal_text(&shown, buf_text(line));
    ok = str_eq(buf_text(&shown), buf_text(line));
    buf_release(&shown);
    return ok;
}

/* ---- parts of a step ------------------------------------------------------------------------ */

struct step_writer {
    struct buf *out;
    const struct finding *finding;
    struct buf line; /* a command */
};

static bool takes_back(struct step_writer *writer)
{
    const struct control *control = writer->finding->control;

    return control->undo.n > 0 && take_command(&writer->line, control->undo, writer->finding) &&
           take_command(&writer->line, control->cli, writer->finding);
}

static void head_write(struct step_writer *writer)
{
    const struct finding *finding = writer->finding;
    const struct control *control = finding->control;
    struct buf text;

    step_comment_write(writer->out, STR("principal"), finding->user);
    if (finding->arn.n > 0) {
        step_comment_write(writer->out, STR(""), finding->arn);
    }
    step_comment_write(writer->out, STR("account"), finding->account);
    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(&text, control->id);
    if (!str_eq(control->id, control->title)) {
        buf_str(&text, STR(": "));
        prose_write(&text, control->title);
    }
    step_comment_write(writer->out, STR("control"), buf_text(&text));
    step_comment_write(writer->out, STR("severity"), severity_name(finding->severity));
    buf_clear(&text);
    report_evidence_write(&text, finding);
    step_comment_write(writer->out, STR("evidence"), buf_text(&text));
    buf_release(&text);
}

/* `echo 'bob: access-key-rotated'`, so that what the script prints can be told apart. */
static void echo_write(struct step_writer *writer)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    terminal_text(&text, writer->finding->user);
    buf_str(&text, STR(": "));
    terminal_text(&text, writer->finding->control->id);
    buf_str(writer->out, STR("say "));
    shell_word_write(writer->out, buf_text(&text), SHELL_PLAIN);
    buf_char(writer->out, '\n');
    buf_release(&text);
}

/* The question of this finding, which the script asks. Questions about root that only root may ask
 * wait for a session of root. */
static bool look_write(struct step_writer *writer)
{
    const struct finding *finding = writer->finding;
    const struct control *control = finding->control;
    struct str text = control->lookup.n > 0 ? control->lookup : control->cli;
    struct str question = command_without_guard(text);
    bool is_guarded = question.n < str_trim(text).n && is_root(finding);

    if (!command_is_question(text) || !take_command(&writer->line, question, finding) ||
        (is_guarded && !shell_is_word(finding->arn))) {
        return false;
    }
    echo_write(writer);
    if (is_guarded) {
        buf_str(writer->out, STR("if is_me "));
        buf_str(writer->out, finding->arn);
        buf_str(writer->out, STR("; then\n    "));
    }
    buf_str(writer->out, buf_text(&writer->line));
    buf_str(writer->out, STR(" || missed\n"));
    if (is_guarded) {
        buf_str(writer->out, STR("fi\n"));
    }
    return true;
}

static bool command_line_write(struct step_writer *writer, struct str text)
{
    if (!take_command(&writer->line, text, writer->finding)) {
        return false;
    }
    buf_str(writer->out, STR("#> "));
    buf_str(writer->out, buf_text(&writer->line));
    buf_char(writer->out, '\n');
    return true;
}

static void later_write(struct step_writer *writer, struct str note)
{
    const struct str_list *later = &writer->finding->control->later;

    if (later->count == 0 || !take_command(&writer->line, later->items[0], writer->finding)) {
        return;
    }
    note_write(writer->out, note);
    for (size_t i = 0; i < later->count; i++) {
        (void)command_line_write(writer, later->items[i]);
    }
}

static void change_write(struct step_writer *writer)
{
    const struct control *control = writer->finding->control;

    step_comment_write(
        writer->out, STR("precondition"),
        STR("The owner was told. What follows shows at least one credential, and its "
            "owner does not need it. The change asks AWS the same again."));
    (void)look_write(writer);
    note_write(writer->out, STR("change"));
    (void)command_line_write(writer, control->cli);
    note_write(writer->out, STR("undo, for each id that the change showed"));
    (void)command_line_write(writer, control->undo);
    later_write(writer, STR("after 14 days in which nobody missed it: verify, then delete; a "
                            "deletion cannot be undone"));
}

static void person_write(struct step_writer *writer)
{
    const struct control *control = writer->finding->control;
    char digits[32];
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    for (size_t i = 0; i < control->remediation.count; i++) {
        struct buf label = {.p = digits, .capacity = sizeof digits, .size_max = sizeof digits};
        buf_str(&label, i == 0 ? STR("to do  ") : STR("       "));
        buf_u64(&label, i + 1);
        buf_char(&label, '.');
        buf_clear(&text);
        prose_write(&text, control->remediation.items[i]);
        step_comment_write(writer->out, buf_text(&label), buf_text(&text));
    }
    buf_release(&text);
    if (!look_write(writer) && !command_is_question(control->cli) &&
        take_command(&writer->line, control->cli, writer->finding)) {
        note_write(writer->out, STR("change; nothing here takes it back"));
        (void)command_line_write(writer, control->cli);
    }
    later_write(writer,
                STR("commands for it, one at a time; KEY_ID, CODE_1 and the like are for you "
                    "to fill in"));
    if (obstacle(writer->finding).n > 0) {
        note_write(writer->out, obstacle(writer->finding));
    }
}

/* Who, what and which values are missing; what they hold says how to obtain them. */
static void unknown_write(struct step_writer *writer)
{
    const struct finding *finding = writer->finding;
    struct buf text;

    buf_init(&text, TEXT_SIZE_MAX);
    buf_str(&text, finding->account);
    buf_str(&text, finding->account.n > 0 ? STR(" ") : STR(""));
    buf_str(&text, finding->user);
    buf_str(&text, STR(": "));
    buf_str(&text, finding->control->id);
    buf_str(&text, STR(" ("));
    buf_str(&text, severity_name(finding->severity));
    buf_str(&text, STR(")"));
    step_comment_write(writer->out, STR("unknown"), buf_text(&text));
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        if (evidence->gap != GAP_NONE) {
            buf_clear(&text);
            buf_str(&text, evidence->name);
            buf_str(&text, STR(": "));
            buf_str(&text, evidence->value);
            step_comment_write(writer->out, STR("  to collect"), buf_text(&text));
        }
    }
    buf_release(&text);
}

/* ---- records -------------------------------------------------------------------------------- */

static enum step_kind kind_of(struct step_writer *writer)
{
    if (writer->finding->status == STATUS_FAIL) {
        return takes_back(writer) ? STEP_CHANGE : STEP_PERSON;
    }
    return writer->finding->status == STATUS_UNKNOWN ? STEP_UNKNOWN : STEP_EXCEPTED;
}

static void step_write(struct buf *out, const struct finding *finding,
                       const struct report_options *options)
{
    struct step_writer writer = {.out = out, .finding = finding};
    struct step step = {.severity = finding->severity, .is_root = is_root(finding)};
    size_t begin = out->n;

    (void)options;
    buf_init(&writer.line, TEXT_SIZE_MAX);
    step.kind = kind_of(&writer);
    step.account_size = (uint32_t)finding->account.n;
    step.control_size = (uint32_t)finding->control->id.n;
    buf_bytes(out, &step, sizeof step);
    buf_str(out, finding->account);
    buf_str(out, finding->control->id);
    size_t text = out->n;
    switch (step.kind) {
    case STEP_CHANGE:
        head_write(&writer);
        change_write(&writer);
        break;
    case STEP_PERSON:
        head_write(&writer);
        person_write(&writer);
        break;
    case STEP_UNKNOWN:
        unknown_write(&writer);
        break;
    case STEP_EXCEPTED:
        break;
    }
    buf_release(&writer.line);
    if (!out->overflowed) {
        step.text_size = (uint32_t)(out->n - text);
        step.size = (uint32_t)(out->n - begin);
        memcpy(out->p + begin, &step, sizeof step);
    }
}

const struct report_format step_format = {
    .name = STR_LIT("step"),
    .help = STR_LIT("steps of a plan, for the plan to order"),
    .finding = step_write,
};
