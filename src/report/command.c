#include "report/command.h"

#include <string.h>

#include "base/instant.h"
#include "model/arn.h"
#include "model/report_column.h"
#include "report/shell.h"

struct line {
    struct buf *out;
    size_t begin;
    const struct finding *finding;
    struct shell_scan scan;
    bool is_plain; /* the template: values that need quotes may stand in it */
};

static bool is_root(const struct finding *finding)
{
    return str_eq(finding->user, STR("<root_account>"));
}

/* ---- times ---------------------------------------------------------------------------------- */

static const struct unit {
    struct str name;
    int64_t seconds;
} units[] = {
    {STR_LIT("second"), 1},
    {STR_LIT("minute"), 60},
    {STR_LIT("hour"), 3600},
    {STR_LIT("day"), SECONDS_PER_DAY},
};

static bool unit_find(struct str name, int64_t *out)
{
    if (name.n > 1 && name.p[name.n - 1] == 's') {
        name.n--;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (str_eq(units[i].name, name)) {
            *out = units[i].seconds;
            return true;
        }
    }
    return false;
}

static bool param_find(const struct control *control, struct str name, int64_t *out)
{
    for (size_t i = 0; i < control->param_count; i++) {
        if (str_eq(control->params[i].name, name)) {
            *out = control->params[i].value;
            return true;
        }
    }
    return false;
}

/* `now`, or a column, and what is added to it. */
struct moment {
    struct str base;
    int64_t count, unit_seconds; /* the unit is below 0 where it is taken away */
};

static bool moment_parse(struct str text, const struct control *control, struct moment *out)
{
    struct str sign, number;

    *out = (struct moment){0};
    if (!str_cut(&text, ' ', &out->base)) {
        return true;
    }
    if (!str_cut(&text, ' ', &sign) || !str_cut(&text, ' ', &number) || number.n == 0 ||
        !(str_eq(sign, STR("+")) || str_eq(sign, STR("-"))) ||
        !unit_find(text, &out->unit_seconds)) {
        return false;
    }
    out->unit_seconds = sign.p[0] == '-' ? -out->unit_seconds : out->unit_seconds;
    return number.p[0] == '$' ? param_find(control, str_sub(number, 1, number.n), &out->count)
                              : str_to_i64(number, &out->count);
}

/* The first piece of evidence of that name that is a time. */
static bool evidence_time(const struct finding *finding, struct str name, int64_t *out)
{
    for (size_t i = 0; i < finding->evidence_count; i++) {
        if (str_eq(finding->evidence[i].name, name) &&
            instant_parse(finding->evidence[i].value, out)) {
            return true;
        }
    }
    return false;
}

static bool put_moment(struct line *line, struct str name)
{
    char text[40];
    struct buf time = {.p = text, .capacity = sizeof text, .size_max = sizeof text};
    struct moment moment;
    int64_t at = line->finding->as_of, offset = 0;

    if (!moment_parse(name, line->finding->control, &moment) ||
        (!str_eq(moment.base, STR("now")) && !evidence_time(line->finding, moment.base, &at))) {
        return false;
    }
    if (__builtin_mul_overflow(moment.count, moment.unit_seconds, &offset) ||
        __builtin_add_overflow(at, offset, &at) || at < INSTANT_MIN || at > INSTANT_MAX) {
        return false;
    }
    instant_write(&time, at);
    buf_bytes(line->out, time.p, time.n - 1); /* without Z */
    return true;
}

/* ---- values --------------------------------------------------------------------------------- */

static bool value_find(struct str name, const struct finding *finding, struct str *out)
{
    if (str_eq(name, STR("user"))) {
        *out = finding->user;
    } else if (str_eq(name, STR("account"))) {
        *out = finding->account;
    } else if (str_eq(name, STR("arn"))) {
        *out = finding->arn;
    } else if (str_eq(name, STR("partition"))) {
        *out = arn_part(finding->arn, ARN_PARTITION);
        *out = out->n > 0 ? *out : STR("aws");
    } else {
        return false;
    }
    return true;
}

/* The AWS CLI reads the file or fetches the page that such a value names. */
static bool is_fetched(struct str value)
{
    return str_starts(value, STR("file://")) || str_starts(value, STR("fileb://")) ||
           str_starts(value, STR("http://")) || str_starts(value, STR("https://"));
}

/* "--option -name" would be two options. */
static void join_option(struct line *line)
{
    struct buf *out = line->out;
    size_t word = out->n;

    if (out->n == line->begin || out->p[out->n - 1] != ' ') {
        return;
    }
    for (word = out->n - 1; word > line->begin && out->p[word - 1] != ' '; word--) {
    }
    if (str_starts(str_sub(buf_text(out), word, out->n), STR("--"))) {
        out->p[out->n - 1] = '=';
    }
}

/* The root user has no name to give: in a session of its own, commands mean itself without one. */
static bool leave_out_option(struct line *line)
{
    static const struct str option = STR_LIT(" --user-name ");

    if (!str_ends(str_sub(buf_text(line->out), line->begin, line->out->n), option)) {
        return false;
    }
    line->out->n -= option.n;
    return true;
}

static bool put_value(struct line *line, struct str name, struct str value)
{
    enum shell_place place = shell_scan_place(&line->scan);

    if (str_eq(name, STR("user")) && is_root(line->finding) && leave_out_option(line)) {
        return true;
    }
    if (is_fetched(value) || (!line->is_plain && !shell_is_word(value))) {
        return false;
    }
    if (place == SHELL_PLAIN && value.n > 0 && value.p[0] == '-') {
        join_option(line);
    }
    shell_word_write(line->out, value, place);
    return true;
}

static bool put_signed_in(struct line *line)
{
    const struct finding *finding = line->finding;
    struct str wanted = is_root(finding) ? finding->arn : finding->account;

    if (line->scan.depth > 0 || !shell_is_word(wanted)) {
        return false;
    }
    buf_str(line->out, STR("test \"$(aws sts get-caller-identity --query "));
    buf_str(line->out, is_root(finding) ? STR("Arn") : STR("Account"));
    buf_str(line->out, STR(" --output text)\" = "));
    buf_str(line->out, wanted);
    buf_str(line->out, STR(" || ! echo 'not signed in to "));
    buf_str(line->out, wanted);
    buf_str(line->out, STR("' >&2"));
    return true;
}

/* ---- templates ------------------------------------------------------------------------------ */

static const struct str signed_in = STR_LIT("signed_in");

/* Whether what stands in braces is meant to be filled in: {a: b} of a query is not, nor is ${x}. */
static bool takes_placeholder(struct str rest, char before, struct str *name)
{
    if (!str_cut(&rest, '}', name) || name->n == 0 || before == '$') {
        return false;
    }
    for (size_t i = 0; i < name->n; i++) {
        char c = name->p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool is_other = (c >= '0' && c <= '9') || (c != '\0' && strchr(" $+-", c) != NULL);
        if (!is_letter && (i == 0 || !is_other)) {
            return false;
        }
    }
    return true;
}

static bool put_placeholder(struct line *line, struct str name)
{
    struct str value;

    if (str_eq(name, signed_in)) {
        return put_signed_in(line);
    }
    return value_find(name, line->finding, &value) ? put_value(line, name, value)
                                                   : put_moment(line, name);
}

static bool fill(struct line *line, struct str text)
{
    struct str name;

    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '{' &&
            takes_placeholder(str_sub(text, i + 1, text.n), i > 0 ? text.p[i - 1] : 0, &name)) {
            if (!put_placeholder(line, name)) {
                return false;
            }
            i += name.n + 1;
            continue;
        }
        /* A command is one line, however the pack breaks it. */
        c = c == '\n' ? ' ' : c;
        shell_scan_char(&line->scan, c);
        buf_char(line->out, c);
    }
    return true;
}

bool command_write(struct buf *out, struct str text, const struct finding *finding)
{
    struct line line = {.out = out, .begin = out->n, .finding = finding};

    text = str_trim(text);
    line.is_plain = shell_is_plain(text);
    if (text.n > 0 && fill(&line, text) && !out->overflowed) {
        return true;
    }
    out->n = line.begin;
    return false;
}

/* ---- before anything is filled in ----------------------------------------------------------- */

static bool placeholder_is_known(struct str name, const struct control *control)
{
    const struct finding none = {.control = control};
    enum report_column column;
    struct moment moment;
    struct str value;

    return str_eq(name, signed_in) || value_find(name, &none, &value) ||
           (moment_parse(name, control, &moment) &&
            (str_eq(moment.base, STR("now")) || report_column_find(moment.base, &column)));
}

static bool check_one(const struct control *control, struct str text, struct err *err)
{
    struct str name;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '{' ||
            !takes_placeholder(str_sub(text, i + 1, text.n), i > 0 ? text.p[i - 1] : 0, &name) ||
            placeholder_is_known(name, control)) {
            continue;
        }
        (void)err_set(err, ERR_INPUT, "control '%.*s': a command has '{%.*s}', which is unknown",
                      STR_ARG(control->id), STR_ARG(name));
        err_hint(err, "{user}, {account}, {arn}, {partition}, {signed_in}, or a time such as "
                      "{now - $days days} with a parameter of the control");
        return false;
    }
    return true;
}

bool command_check(const struct control *control, struct err *err)
{
    for (size_t i = 0; i < control->later.count; i++) {
        if (!check_one(control, control->later.items[i], err)) {
            return false;
        }
    }
    return check_one(control, control->cli, err) && check_one(control, control->lookup, err) &&
           check_one(control, control->undo, err);
}

/* The next word of a command, up to a blank. */
static struct str take_word(struct str *rest)
{
    struct str word;

    *rest = str_trim(*rest);
    (void)str_cut(rest, ' ', &word);
    return word;
}

/* The options of xargs that a question needs; with any other it might run something else. */
static bool is_xargs_option(struct str word)
{
    return str_eq(word, STR("-r")) || str_eq(word, STR("-t")) || str_eq(word, STR("-n")) ||
           str_eq(word, STR("1"));
}

static bool segment_is_question(struct str text)
{
    static const struct str verbs[] = {STR_LIT("get-"), STR_LIT("list-"), STR_LIT("describe-"),
                                       STR_LIT("lookup-")};
    struct str word = take_word(&text);

    if (str_eq(word, STR("xargs"))) {
        do {
            word = take_word(&text);
        } while (is_xargs_option(word));
    }
    if (!str_eq(word, STR("aws"))) {
        return false;
    }
    (void)take_word(&text); /* the service */
    word = take_word(&text);
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (str_starts(word, verbs[i])) {
            return true;
        }
    }
    return false;
}

struct str command_without_guard(struct str text)
{
    static const struct str guard = STR_LIT("{signed_in} && ");

    text = str_trim(text);
    return str_starts(text, guard) ? str_sub(text, guard.n, text.n) : text;
}

/* Whether a shell reads c here as anything but a part of a word. */
static bool acts(enum shell_place place, char c)
{
    static const char *const active[] = {
        [SHELL_PLAIN] = ";&<>()$`\\#\n", [SHELL_SINGLE] = "", [SHELL_DOUBLE] = "$`\\"};

    return c == '\0' || strchr(active[place], c) != NULL;
}

bool command_is_question(struct str text)
{
    struct shell_scan scan = {0};
    struct str name;
    size_t begin = 0;

    text = command_without_guard(text);
    for (size_t i = 0; i < text.n; i++) {
        enum shell_place place = shell_scan_place(&scan);
        char c = text.p[i];
        if (c == '{' &&
            takes_placeholder(str_sub(text, i + 1, text.n), i > 0 ? text.p[i - 1] : 0, &name)) {
            if (str_eq(name, signed_in)) {
                return false;
            }
            i += name.n + 1; /* what it becomes is quoted */
            continue;
        }
        if (acts(place, c)) {
            return false;
        }
        if (place == SHELL_PLAIN && c == '|') {
            if (!segment_is_question(str_sub(text, begin, i))) {
                return false;
            }
            begin = i + 1;
        }
        shell_scan_char(&scan, c);
    }
    return scan.depth == 0 && segment_is_question(str_sub(text, begin, text.n));
}
