/* command.h: the commands of keywarden, in one table.
 *
 * A command returns its exit code and prints what it has to say; everything below src/cli returns
 * values instead.
 *
 * Example:   const struct command *command = command_find(STR("audit"), STR("")); */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "cli/opt.h"

/* keywarden(1) lists them. */
enum exit_code {
    EXIT_OK = 0,
    EXIT_FINDINGS = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
    EXIT_REMOTE = 4,
    EXIT_STORE = 5,
    EXIT_BUG = 70,
};

struct command {
    const char *name;
    /* Of a command with parts, such as "check" of "rule", or "alarm plan" of "trail"; NULL
     * otherwise. */
    const char *sub;
    int (*run)(const struct command *command, const struct args *args);
    const struct opt *opts; /* ended by a zeroed one */
    const char *operands;   /* "PATH..." */
    const char *summary;    /* one line */
    const char *example;
};

extern const struct command commands[]; /* ended by a zeroed one */

const struct command *command_find(struct str name, struct str sub);
/* The command that the words at the front of a command line name, and how many words that takes:
 * as many as there can be. */
const struct command *command_find_words(int argc, char **argv, int *words);
bool command_has_parts(struct str name);
/* Whether the part has parts of its own, as "alarm" of "trail" does. */
bool command_part_has_parts(struct str name, struct str sub);

int cmd_audit(const struct command *command, const struct args *args);
int cmd_diff(const struct command *command, const struct args *args);
int cmd_study(const struct command *command, const struct args *args);
int cmd_fix_plan(const struct command *command, const struct args *args);
int cmd_trail_scan(const struct command *command, const struct args *args);
int cmd_simulate(const struct command *command, const struct args *args);
int cmd_rule_check(const struct command *command, const struct args *args);
int cmd_rule_fmt(const struct command *command, const struct args *args);
int cmd_rule_explain(const struct command *command, const struct args *args);
int cmd_rule_test(const struct command *command, const struct args *args);
int cmd_rule_list(const struct command *command, const struct args *args);
int cmd_rule_schema(const struct command *command, const struct args *args);
int cmd_exception_lint(const struct command *command, const struct args *args);
int cmd_store_import(const struct command *command, const struct args *args);
int cmd_store_info(const struct command *command, const struct args *args);
int cmd_store_verify(const struct command *command, const struct args *args);
int cmd_store_prune(const struct command *command, const struct args *args);
int cmd_store_compact(const struct command *command, const struct args *args);
int cmd_store_export(const struct command *command, const struct args *args);
int cmd_doctor(const struct command *command, const struct args *args);
int cmd_help(const struct command *command, const struct args *args);
int cmd_version(const struct command *command, const struct args *args);
/* Hidden: not in the table. */
int cmd_complete(int argc, char **argv);

extern const struct opt audit_opts[], diff_opts[], study_opts[], simulate_opts[], fix_plan_opts[],
    trail_scan_opts[], rule_check_opts[], rule_fmt_opts[], rule_explain_opts[], rule_test_opts[],
    rule_list_opts[], rule_schema_opts[], exception_lint_opts[], store_import_opts[],
    store_info_opts[], store_verify_opts[], store_prune_opts[], store_compact_opts[],
    store_export_opts[], doctor_opts[], help_opts[];

#endif
