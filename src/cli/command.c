#include "cli/command.h"

#include "base/buf.h"
#include "cli/message.h"

const struct command commands[] = {
    {"audit", NULL, cmd_audit, audit_opts, "PATH...",
     "judge credential reports: what is wrong with root and the IAM users",
     "keywarden audit reports/ --as-of 2026-11-01 --format html -o audit.html"},
    {"diff", NULL, cmd_diff, diff_opts, "OLD NEW",
     "what changed between two reports, or two folders of them",
     "keywarden diff last-week/ this-week/"},
    {"study", NULL, cmd_study, study_opts, "PATH",
     "root use and key hygiene of a fleet over time, from weekly samples",
     "keywarden study samples/"},
    {"simulate", NULL, cmd_simulate, simulate_opts, "",
     "write the credential reports of a fleet that does not exist, to study or to measure with",
     "keywarden simulate --profile root-2020 --seed 7 --out fleet"},
    {"store", "import", cmd_store_import, store_import_opts, "PATH...",
     "keep credential reports, so that a fleet can be judged and studied over time",
     "keywarden store import reports/ --at 2026-11-01"},
    {"store", "info", cmd_store_info, store_info_opts, "", "say what a store holds",
     "keywarden store info"},
    {"store", "verify", cmd_store_verify, store_verify_opts, "",
     "say whether every byte of a store is what was written", "keywarden store verify"},
    {"store", "prune", cmd_store_prune, store_prune_opts, "", "remove old snapshots",
     "keywarden store prune --before 2024-01-01 --keep 1"},
    {"store", "compact", cmd_store_compact, store_compact_opts, "",
     "bring a store up to date and make it as small as it can be", "keywarden store compact"},
    {"store", "export", cmd_store_export, store_export_opts, "DIR",
     "write every table and view as CSV, under pseudonyms if wanted",
     "keywarden store export tables/ --anonymize fleet.key"},
    {"fix", "plan", cmd_fix_plan, fix_plan_opts, "PATH...",
     "write what would mend the findings, in order, as a script that only asks",
     "keywarden fix plan report.json -o plan.sh"},
    {"trail", "scan", cmd_trail_scan, trail_scan_opts, "PATH...",
     "find in CloudTrail what root did, and what happened to credentials",
     "keywarden trail scan logs/"},
    {"rule", "check", cmd_rule_check, rule_check_opts, "FILE...",
     "say whether rules are right, and where not", "keywarden rule check my-rules.yaml"},
    {"rule", "fmt", cmd_rule_fmt, rule_fmt_opts, "FILE", "print rules in their canonical layout",
     "keywarden rule fmt --write my-rules.yaml"},
    {"rule", "explain", cmd_rule_explain, rule_explain_opts, "FILE",
     "show a rule as the program it becomes, and what decides for one entity",
     "keywarden rule explain my-rules.yaml --entity user.json"},
    {"rule", "test", cmd_rule_test, rule_test_opts, "FILE...",
     "run test cases: entity, rule, expected answer", "keywarden rule test rules/keywarden.test"},
    {"rule", "list", cmd_rule_list, rule_list_opts, "[FILE...]",
     "list the controls of packs and rule files", "keywarden rule list --pack keywarden"},
    {"rule", "schema", cmd_rule_schema, rule_schema_opts, "[ENTITY]",
     "list the entities and attributes that rules may use", "keywarden rule schema IAMUser"},
    {"exception", "lint", cmd_exception_lint, exception_lint_opts, "FILE...",
     "say whether exceptions are right, and which no longer hold",
     "keywarden exception lint exceptions.yaml"},
    {"doctor", NULL, cmd_doctor, doctor_opts, "",
     "say what is configured, what is missing, and what to do", "keywarden doctor"},
    {"help", NULL, cmd_help, help_opts, "[COMMAND]", "show the manual of a command",
     "keywarden help audit"},
    {"version", NULL, cmd_version, help_opts, "", "print the version", "keywarden version"},
    {0},
};

const struct command *command_find(struct str name, struct str sub)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (str_eq(str_from(command->name), name) && str_eq(str_from(command->sub), sub)) {
            return command;
        }
    }
    return NULL;
}

const struct command *command_find_words(int argc, char **argv, int *words)
{
    struct str name = argc > 0 ? str_from(argv[0]) : STR("");
    struct str sub = argc > 1 ? str_from(argv[1]) : STR("");
    const struct command *found = NULL;

    if (!command_has_parts(name)) {
        *words = 1;
        return command_find(name, STR(""));
    }
    *words = 2;
    if (argc > 2 && command_part_has_parts(name, sub)) {
        struct buf both;
        buf_init(&both, 1 << 16);
        buf_printf(&both, "%.*s %s", STR_ARG(sub), argv[2]);
        found = command_find(name, buf_text(&both));
        buf_release(&both);
        *words = 3;
        return found;
    }
    return command_find(name, sub);
}

bool command_part_has_parts(struct str name, struct str sub)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        struct str rest = str_from(command->sub), first;
        if (str_eq(str_from(command->name), name) && str_cut(&rest, ' ', &first) &&
            str_eq(first, sub)) {
            return true;
        }
    }
    return false;
}

bool command_has_parts(struct str name)
{
    for (const struct command *command = commands; command->name != NULL; command++) {
        if (str_eq(str_from(command->name), name)) {
            return command->sub != NULL;
        }
    }
    return false;
}

int cmd_version(const struct command *command, const struct args *args)
{
    (void)command;
    (void)args;
    return output_write(STR("keywarden " KEYWARDEN_VERSION "\n"));
}
