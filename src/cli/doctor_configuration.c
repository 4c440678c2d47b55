/* The configuration file and all that it names: rules compile, exceptions hold, files are there. */
#include "audit/exceptions.h"
#include "cli/audit_options.h"
#include "cli/config.h"
#include "cli/doctor.h"
#include "cli/known_controls.h"
#include "cli/rules.h"
#include "os/file.h"
#include "os/system.h"

enum { EXCEPTIONS_FILE_SIZE_MAX = 8 << 20 };

static const char *origin_text(enum config_origin origin)
{
    switch (origin) {
    case CONFIG_NONE:
        return "";
    case CONFIG_OPTION:
        return "named by --config";
    case CONFIG_ENVIRONMENT:
        return "named by KEYWARDEN_CONFIG";
    case CONFIG_FOLDER:
        return "in the working directory";
    case CONFIG_HOME:
        return "the user's own";
    }
    return "";
}

static void check_keys(struct doctor *doctor, const struct config *config)
{
    struct buf text;

    buf_init(&text, 1 << 16);
    for (size_t i = 0; i < config->count; i++) {
        const struct config_value *value = &config->values[i];
        const struct config_value *before = i == 0 ? NULL : &config->values[i - 1];
        if (before == NULL || before->command != value->command) {
            buf_str(&text, i == 0 ? STR("") : STR("; "));
            if (value->command == NULL) {
                buf_str(&text, STR("every command: "));
            } else {
                buf_printf(&text, "%s%s%s: ", value->command->name,
                           value->command->sub == NULL ? "" : " ",
                           value->command->sub == NULL ? "" : value->command->sub);
            }
        } else {
            buf_str(&text, STR(", "));
        }
        buf_str(&text, value->name);
    }
    doctor_add(doctor, DOCTOR_OK, "keys", NULL, "%.*s",
               STR_ARG(text.n == 0 ? STR("none") : buf_text(&text)));
    buf_release(&text);
}

/* ---- what options name ---------------------------------------------------------------------- */

static void check_rules(struct doctor *doctor, const char *name, struct str value, bool is_pack)
{
    struct ruleset rules;
    struct err err = {0};
    bool ok = false;

    ruleset_init(&rules);
    ok = (is_pack ? ruleset_add_pack(&rules, value, &err) : rules_add_file(&rules, value, &err)) &&
         ruleset_compile(&rules, &err);
    if (ok) {
        doctor_add(doctor, DOCTOR_OK, name, NULL, "%.*s: %zu control%s", STR_ARG(value),
                   rules.count, rules.count == 1 ? "" : "s");
    } else {
        doctor_add_err(doctor, DOCTOR_BROKEN, name, &err);
    }
    ruleset_release(&rules);
}

struct first_problem {
    struct err error, warning;
};

static void keep_first(void *shared, bool is_error, const struct err *err)
{
    struct first_problem *first = shared;
    struct err *to = is_error ? &first->error : &first->warning;

    if (to->kind == ERR_NONE) {
        *to = *err;
    }
}

/* As `exception lint` does, with the rules of the audit beside the built-in packs. */
static bool lint_exceptions(struct exceptions *set, struct str path, const struct args *audit,
                            struct exception_sink *sink, struct err *err)
{
    struct args rules_only = {.opts = audit->opts};
    struct known_controls controls = {0};
    const struct opt *opt = opt_find(audit->opts, STR("rules"));
    struct buf text;
    struct str value;
    bool ok = true;

    buf_init(&text, EXCEPTIONS_FILE_SIZE_MAX);
    for (size_t i = 0; ok && args_nth(audit, "rules", i, &value); i++) {
        ok = args_add(&rules_only, opt, value, 0, err);
    }
    ok = ok && known_controls_load(&controls, &rules_only, err) &&
         file_read_all(path, EXCEPTIONS_FILE_SIZE_MAX, &text, err);
    if (ok && exceptions_add_text(set, path, buf_text(&text), sink)) {
        exceptions_lint(set, &controls.ids, system_now(), sink);
    } else if (ok) {
        ok = false; /* the sink has been told why */
    } else {
        err_place(err, path, 0, 0);
    }
    known_controls_release(&controls);
    args_release(&rules_only);
    buf_release(&text);
    return ok;
}

static void check_exceptions(struct doctor *doctor, struct str path, const struct args *audit)
{
    struct first_problem first = {0};
    struct exception_sink sink = {keep_first, &first, 0, 0};
    struct exceptions set;
    struct err err = {0};

    exceptions_init(&set);
    if (!lint_exceptions(&set, path, audit, &sink, &err)) {
        doctor_add_err(doctor, DOCTOR_BROKEN, "exceptions",
                       err.kind != ERR_NONE ? &err : &first.error);
    } else if (sink.error_count + sink.warning_count > 0) {
        struct err *shown = sink.error_count > 0 ? &first.error : &first.warning;
        if (sink.error_count + sink.warning_count > 1) {
            shown->hint[0] = '\0';
            err_hint(shown, "'keywarden exception lint' shows this and %zu more",
                     sink.error_count + sink.warning_count - 1);
        }
        doctor_add_err(doctor, DOCTOR_WARNING, "exceptions", shown);
    } else {
        doctor_add(doctor, DOCTOR_OK, "exceptions", NULL, "%.*s: %zu exception%s", STR_ARG(path),
                   set.count, set.count == 1 ? "" : "s");
    }
    exceptions_release(&set);
}

static void check_readable(struct doctor *doctor, const char *name, struct str path)
{
    struct file_in in = {0};
    struct err err = {0};

    if (file_in_open(&in, path, &err)) {
        doctor_add(doctor, DOCTOR_OK, name, NULL, "%.*s", STR_ARG(path));
    } else {
        err_place(&err, path, 0, 0);
        doctor_add_err(doctor, DOCTOR_BROKEN, name, &err);
    }
    file_in_close(&in);
}

/* Commands may name the same file: it is looked at once. */
static bool is_repeated(const struct config *config, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (str_eq(config->values[i].name, config->values[index].name) &&
            str_eq(config->values[i].value, config->values[index].value)) {
            return true;
        }
    }
    return false;
}

/* Tries the value at `index` of the file as the command gets it: paths are seen from the file. */
static void check_value(struct doctor *doctor, struct config *config, size_t index,
                        const struct args *audit)
{
    const struct config_value *from = &config->values[index];
    const struct opt *opt = NULL;
    struct str value = from->value;

    if (is_repeated(config, index)) {
        return;
    }
    for (const struct command *it = commands; it->name != NULL && opt == NULL; it++) {
        if (from->command == NULL || from->command == it) {
            opt = opt_find(it->opts, from->name);
        }
    }
    if (opt == NULL || !config_path(config, opt, &value)) {
        return;
    }
    if (str_eq(from->name, STR("pack"))) {
        check_rules(doctor, "pack", value, true);
    } else if (str_eq(from->name, STR("rules"))) {
        check_rules(doctor, "rules", value, false);
    } else if (str_eq(from->name, STR("exceptions"))) {
        check_exceptions(doctor, value, audit);
    } else if (opt_is_path(opt) && !opt->is_written) {
        check_readable(doctor, opt->name, value);
    }
}

/* Whether an audit would start: everything that its options name, together. */
static void check_audit(struct doctor *doctor, const struct args *args)
{
    struct audit_options options;
    struct str operand = STR("-");
    struct args audit = *args;
    struct err err = {0};

    audit.operands = &operand; /* an audit wants one; it is not opened before it runs */
    audit.operand_count = 1;
    audit_options_init(&options);
    if (!audit_options_read(&options, &audit, &err)) {
        doctor_add_err(doctor, DOCTOR_BROKEN, "audit", &err);
    } else if (options.compare != NULL) {
        doctor_add(doctor, DOCTOR_OK, "audit", NULL, "its options fit together");
    } else {
        doctor_add(doctor, DOCTOR_OK, "audit", NULL, "its options fit together: %.*s, %zu controls",
                   STR_ARG(buf_text(&options.packs)), options.rules.count);
    }
    audit_options_release(&options);
}

void doctor_configuration(struct doctor *doctor, const struct args *args)
{
    struct args audit = {.opts = audit_opts};
    struct config config = {0};
    struct err err = {0};
    bool ok = config_load(&config, args, &err);

    doctor_group(doctor, "configuration");
    if (!ok) {
        doctor_add_err(doctor, DOCTOR_BROKEN, "file", &err);
    } else if (config.origin == CONFIG_NONE) {
        doctor_add(doctor, DOCTOR_OK, "file", NULL, "none");
    } else {
        doctor_add(doctor, DOCTOR_OK, "file", NULL, "%.*s, %s", STR_ARG(config.path),
                   origin_text(config.origin));
        check_keys(doctor, &config);
    }
    if (ok && config_apply(&config, command_find(STR("audit"), STR("")), &audit, &err)) {
        for (size_t i = 0; i < config.count; i++) {
            check_value(doctor, &config, i, &audit);
        }
        if (doctor->counts[DOCTOR_BROKEN] == 0) {
            check_audit(doctor, &audit);
        }
    }
    args_release(&audit);
    config_release(&config);
}
