/* keywarden doctor: what is configured, what is missing, and what to do about it. */
#include <stdarg.h>
#include <stdio.h>

#include "cli/command.h"
#include "cli/doctor.h"
#include "cli/message.h"
#include "os/system.h"
#include "render/json.h"
#include "render/terminal.h"

enum {
    OUT_SIZE_MAX = 16 << 20,
    ARENA_SIZE_MAX = 16 << 20,
    TEXT_SIZE_MAX = 64 << 10,
    STDOUT_FD = 1,
    NAME_COLUMNS = 14,
    TEXT_INDENT = 26,
    WIDTH_LEAST = 60,
    WIDTH_MOST = 100,
};

const struct opt doctor_opts[] = {
    {.name = "format", .letter = 'f', .arg = "NAME", .help = "table (default) or json"},
    {.name = "online", .help = "also look for credentials and ask AWS whose they are"},
    {0},
};

static const char *const state_names[] = {"ok", "warning", "missing", "broken"};

/* All that fetching a credential report takes. */
static const char *const actions[] = {"iam:GenerateCredentialReport", "iam:GetCredentialReport"};

/* ---- checks --------------------------------------------------------------------------------- */

void doctor_group(struct doctor *doctor, const char *group)
{
    doctor->group = group;
}

static void add(struct doctor *doctor, enum doctor_state state, const char *name, struct str found,
                struct str remedy)
{
    struct doctor_check check = {doctor->group, name, state, {0}, {0}};

    doctor->counts[state]++;
    if (doctor->count < DOCTOR_CHECK_MAX && arena_str(&doctor->arena, found, &check.found) &&
        arena_str(&doctor->arena, remedy, &check.remedy)) {
        doctor->checks[doctor->count++] = check;
    }
}

void doctor_add(struct doctor *doctor, enum doctor_state state, const char *name,
                const char *remedy, const char *format, ...)
{
    char *text = mem_alloc(TEXT_SIZE_MAX);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, TEXT_SIZE_MAX, format, args);
    va_end(args);
    add(doctor, state, name, str_from(text), str_from(remedy));
    mem_free(text);
}

void doctor_add_err(struct doctor *doctor, enum doctor_state state, const char *name,
                    const struct err *err)
{
    char text[2048];

    err_format(err, text, sizeof text);
    add(doctor, state, name, str_from(text), str_from(err->hint));
}

/* ---- for people ----------------------------------------------------------------------------- */

static void write_title(struct buf *out, const char *title, bool color)
{
    terminal_style(out, STYLE_TITLE, color);
    for (const char *at = title; *at != '\0'; at++) {
        buf_char(out, *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at);
    }
    terminal_style(out, STYLE_NONE, color);
    buf_char(out, '\n');
}

/* Text behind what stands on the line already, its further lines below it. */
static void write_wrapped(struct buf *out, struct str text, size_t width)
{
    struct buf safe;
    struct str rest;

    buf_init(&safe, OUT_SIZE_MAX);
    terminal_text(&safe, text);
    rest = buf_text(&safe);
    do {
        buf_str(out, terminal_line(&rest, width - TEXT_INDENT, 0));
        buf_char(out, '\n');
        if (rest.n > 0) {
            buf_fill(out, ' ', TEXT_INDENT);
        }
    } while (rest.n > 0);
    buf_release(&safe);
}

static void write_check(struct buf *out, const struct doctor_check *check, size_t width, bool color)
{
    static const enum terminal_style styles[] = {STYLE_GREEN, STYLE_YELLOW, STYLE_ORANGE,
                                                 STYLE_RED};

    buf_str(out, STR("  "));
    terminal_style(out, styles[check->state], color);
    buf_printf(out, "%-9s", state_names[check->state]);
    terminal_style(out, STYLE_NONE, color);
    buf_printf(out, "%-*s ", NAME_COLUMNS, check->name);
    write_wrapped(out, check->found, width);
    if (check->remedy.n > 0) {
        buf_fill(out, ' ', TEXT_INDENT - 3);
        buf_str(out, STR("-> "));
        write_wrapped(out, check->remedy, width);
    }
}

static void write_policy(struct buf *out, bool color)
{
    write_title(out, "permissions", color);
    buf_str(out, STR("  All that fetching a credential report takes, as a policy of IAM:\n"
                     "    {\"Version\": \"2012-10-17\", \"Statement\": [\n"
                     "      {\"Effect\": \"Allow\", \"Action\": ["));
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ", actions[i]);
    }
    buf_str(out, STR("],\n       \"Resource\": \"*\"}]}\n"
                     "  Neither call was made. 'keywarden collect --print-policy' prints what a\n"
                     "  collection takes.\n\n"));
}

static void write_table(struct buf *out, const struct doctor *doctor)
{
    bool is_terminal = system_is_terminal(STDOUT_FD);
    bool color = is_terminal && system_env("NO_COLOR").n == 0;
    size_t width = is_terminal ? system_terminal_columns(STDOUT_FD) : WIDTH_MOST;
    const char *group = "";
    bool is_first = true;

    width = width < WIDTH_LEAST ? WIDTH_LEAST : width > WIDTH_MOST ? WIDTH_MOST : width;
    for (size_t i = 0; i < doctor->count; i++) {
        if (doctor->checks[i].group != group) {
            group = doctor->checks[i].group;
            write_title(out, group, color);
        }
        write_check(out, &doctor->checks[i], width, color);
        if (i + 1 == doctor->count || doctor->checks[i + 1].group != group) {
            buf_char(out, '\n');
        }
    }
    write_policy(out, color);
    for (size_t i = 0; i < DOCTOR_STATE_COUNT; i++) {
        if (doctor->counts[i] > 0) {
            buf_printf(out, "%s%zu %s", is_first ? "" : ", ", doctor->counts[i], state_names[i]);
            is_first = false;
        }
    }
    buf_char(out, '\n');
}

/* ---- for programs --------------------------------------------------------------------------- */

static void json_policy(struct json_writer *json)
{
    json_key(json, STR("policy"));
    json_open(json, '{');
    json_member_text(json, STR("Version"), STR("2012-10-17"));
    json_key(json, STR("Statement"));
    json_open(json, '[');
    json_open(json, '{');
    json_member_text(json, STR("Effect"), STR("Allow"));
    json_key(json, STR("Action"));
    json_open(json, '[');
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        json_text(json, str_from(actions[i]));
    }
    json_close(json, ']');
    json_member_text(json, STR("Resource"), STR("*"));
    json_close(json, '}');
    json_close(json, ']');
    json_close(json, '}');
}

static void write_json(struct buf *out, const struct doctor *doctor)
{
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    json_member_text(&json, STR("schema"), STR("keywarden.doctor/1"));
    json_member_text(&json, STR("version"), STR(KEYWARDEN_VERSION));
    json_key(&json, STR("counts"));
    json_open(&json, '{');
    for (size_t i = 0; i < DOCTOR_STATE_COUNT; i++) {
        json_key(&json, str_from(state_names[i]));
        json_u64(&json, doctor->counts[i]);
    }
    json_close(&json, '}');
    json_key(&json, STR("checks"));
    json_open(&json, '[');
    for (size_t i = 0; i < doctor->count; i++) {
        const struct doctor_check *check = &doctor->checks[i];
        json_open(&json, '{');
        json_member_text(&json, STR("group"), str_from(check->group));
        json_member_text(&json, STR("name"), str_from(check->name));
        json_member_text(&json, STR("state"), str_from(state_names[check->state]));
        json_member_text(&json, STR("found"), check->found);
        json_key(&json, STR("remedy"));
        if (check->remedy.n > 0) {
            json_text(&json, check->remedy);
        } else {
            json_null(&json);
        }
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_policy(&json);
    json_close(&json, '}');
    buf_char(out, '\n');
}

/* ---- the command ---------------------------------------------------------------------------- */

static int fail_usage(const char *what, struct str word, const char *hint)
{
    struct err err = {0};

    (void)err_set(&err, ERR_USAGE, "%s '%.*s'", what, STR_ARG(word));
    err_hint(&err, "%s", hint);
    return message_fail(&err);
}

int cmd_doctor(const struct command *command, const struct args *args)
{
    struct str format = args_value(args, "format", STR("table"));
    bool is_json = str_eq(format, STR("json"));
    struct doctor doctor = {0};
    struct buf out;
    int code = EXIT_OK;

    (void)command;
    if (args->operand_count > 0) {
        return fail_usage("doctor takes no operand", args->operands[0],
                          "'keywarden doctor -h' lists the options");
    }
    if (!is_json && !str_eq(format, STR("table"))) {
        return fail_usage("there is no format", format, "use table or json");
    }
    system_forbid_dumps();
    arena_init(&doctor.arena, ARENA_SIZE_MAX);
    doctor.checks = mem_array(DOCTOR_CHECK_MAX, sizeof *doctor.checks);
    doctor_program(&doctor);
    doctor_terminal(&doctor);
    doctor_configuration(&doctor, args);
    doctor_aws(&doctor);
    doctor_collect(&doctor, args_has(args, "online"));
    buf_init(&out, OUT_SIZE_MAX);
    if (is_json) {
        write_json(&out, &doctor);
    } else {
        write_table(&out, &doctor);
    }
    code = output_write(buf_text(&out));
    if (code == EXIT_OK && doctor.counts[DOCTOR_BROKEN] > 0) {
        code = EXIT_INPUT;
    }
    buf_release(&out);
    mem_free(doctor.checks);
    arena_release(&doctor.arena);
    return code;
}
