/* keywarden __complete -- WORDS...: what a command line could go on with, for completions/. The
 * words are those behind the program's name up to the cursor, the last of them the one being typed.
 * Prints a candidate a line, what it is behind a tab, and the line ":files" where names of files
 * fit. */
#include "audit/embedded.h"
#include "base/buf.h"
#include "cli/command.h"
#include "cli/message.h"
#include "collect/calls.h"
#include "model/control.h"
#include "report/diff_report.h"
#include "report/report.h"
#include "rule/schema.h"

enum { OUT_SIZE_MAX = 1 << 20 };

struct completion {
    struct buf out;
    struct str head;   /* of the word at the cursor, in front of what is completed: "--format=" */
    struct str prefix; /* what is typed of the rest */
    const struct command *command;
};

static void offer(struct completion *to, struct str word, struct str help)
{
    if (!str_starts(word, to->prefix)) {
        return;
    }
    buf_str(&to->out, to->head);
    buf_str(&to->out, word);
    if (help.n > 0) {
        buf_char(&to->out, '\t');
        buf_str(&to->out, help);
    }
    buf_char(&to->out, '\n');
}

static void offer_files(struct completion *to)
{
    buf_str(&to->out, STR(":files\n"));
}

/* ---- values of options ---------------------------------------------------------------------- */

static void offer_words(struct completion *to, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        offer(to, str_from(words[i]), STR(""));
    }
}

static void offer_formats(struct completion *to)
{
    for (size_t i = 0; to->command->run == cmd_diff && diff_writers[i] != NULL; i++) {
        offer(to, diff_writers[i]->name, STR(""));
    }
    for (size_t i = 0; to->command->run != cmd_diff && report_formats[i] != NULL; i++) {
        offer(to, report_formats[i]->name, STR(""));
    }
}

static void offer_packs(struct completion *to)
{
    for (const struct embedded_pack *pack = embedded_packs; pack->name.n > 0; pack++) {
        offer(to, pack->name, STR(""));
    }
}

static void offer_severities(struct completion *to)
{
    for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
        offer(to, severity_name((enum severity)i), STR(""));
    }
    offer(to, STR("never"), STR(""));
}

static void offer_extras(struct completion *to)
{
    for (const struct collect_extra *extra = collect_extras(); extra->name != NULL; extra++) {
        offer(to, str_from(extra->name), str_from(extra->help));
    }
    offer(to, STR("all"), STR("all of them"));
}

static void offer_values(struct completion *to, const struct opt *opt)
{
    static const char *const colors[] = {"auto", "always", "never", NULL};
    static const char *const simd[] = {"scalar", "avx2", "avx512", NULL};
    static const char *const strict[] = {"all", NULL};
    static const char *const profiles[] = {"root-2020", "iam-2021", NULL};
    static const char *const doctor_formats[] = {"table", "json", NULL};
    static const char *const progress[] = {"plain", "json", NULL};
    static const char *const plans[] = {"table", "json", NULL};
    static const char *const policies[] = {"json",           "role",      "caller",
                                           "cloudformation", "terraform", NULL};
    struct str name = str_from(opt->name);

    if (opt == opt_find(doctor_opts, STR("format"))) {
        offer_words(to, doctor_formats);
    } else if (opt == &fix_plan_opts[0]) { /* --format of a plan is another one */
        offer(to, STR("cli"), STR("a shell script"));
    } else if (str_eq(name, STR("format"))) {
        offer_formats(to);
    } else if (str_eq(name, STR("pack"))) {
        offer_packs(to);
    } else if (str_eq(name, STR("fail-on"))) {
        offer_severities(to);
    } else if (str_eq(name, STR("color"))) {
        offer_words(to, colors);
    } else if (opt == opt_find(simulate_opts, STR("profile"))) {
        offer_words(to, profiles);
    } else if (str_eq(name, STR("progress"))) {
        offer_words(to, progress);
    } else if (str_eq(name, STR("plan"))) {
        offer_words(to, plans);
    } else if (str_eq(name, STR("print-policy"))) {
        offer_words(to, policies);
    } else if (str_eq(name, STR("with"))) {
        offer_extras(to);
    } else if (str_eq(name, STR("simd"))) {
        offer_words(to, simd);
    } else if (str_eq(name, STR("strict"))) {
        offer_words(to, strict);
    } else if (opt_is_path(opt)) {
        offer_files(to);
    }
}

/* ---- words ---------------------------------------------------------------------------------- */

static void offer_commands(struct completion *to)
{
    const char *last = "";

    for (const struct command *it = commands; it->name != NULL; it++) {
        if (!str_eq(str_from(it->name), str_from(last))) {
            offer(to, str_from(it->name), str_from(it->sub == NULL ? it->summary : ""));
        }
        last = it->name;
    }
}

static void offer_parts(struct completion *to, struct str name)
{
    for (const struct command *it = commands; it->name != NULL; it++) {
        if (it->sub != NULL && str_eq(str_from(it->name), name)) {
            offer(to, str_from(it->sub), str_from(it->summary));
        }
    }
}

static void offer_options(struct completion *to, const struct opt *opts)
{
    to->head = STR("--");
    to->prefix = str_sub(to->prefix, 2, to->prefix.n);
    for (const struct opt *opt = opts; opt->name != NULL; opt++) {
        offer(to, str_from(opt->name), str_from(opt->help));
    }
    for (const struct opt *opt = common_opts; opts->name != NULL && opt->name != NULL; opt++) {
        offer(to, str_from(opt->name), str_from(opt->help));
    }
    offer(to, STR("help"), STR("show the manual"));
}

static void offer_operands(struct completion *to, const struct command *command)
{
    if (command->run == cmd_rule_schema) {
        for (size_t i = 0; schema_entities[i] != NULL; i++) {
            offer(to, schema_entities[i]->name, schema_entities[i]->help);
        }
    } else if (command->run == cmd_help) {
        offer_commands(to);
        offer(to, STR("rules"), STR("the rule language"));
        offer(to, STR("keywarden.conf"), STR("the configuration file"));
    } else if (command->operands[0] != '\0') {
        offer_files(to);
    }
}

/* The option whose value the next word is; NULL when it takes none, or has it with '='. */
static const struct opt *opt_before(const struct opt *opts, struct str word)
{
    const struct opt *found =
        str_starts(word, STR("--")) ? opt_find(opts, str_sub(word, 2, word.n)) : NULL;

    for (const struct opt *opt = opts; found == NULL && opt->name != NULL; opt++) {
        if (word.n == 2 && word.p[0] == '-' && opt->letter != 0 && word.p[1] == opt->letter) {
            found = opt;
        }
    }
    return found != NULL && found->arg != NULL && !found->is_arg_optional ? found : NULL;
}

/* The word at the cursor is --name=value. */
static void offer_joined(struct completion *to, const struct opt *opts, struct str word)
{
    static const char *const switched[] = {"true", "false", NULL};
    const struct opt *opt = NULL;
    struct str value = word, name;

    (void)str_cut(&value, '=', &name);
    opt = opt_find(opts, str_sub(name, 2, name.n));
    if (opt != NULL) {
        to->head = str_sub(word, 0, name.n + 1);
        to->prefix = value;
        if (opt->arg == NULL) {
            offer_words(to, switched);
        } else {
            offer_values(to, opt);
        }
    }
}

static void complete_command(struct completion *to, const struct command *command, int argc,
                             char **argv)
{
    const struct opt *before = NULL;
    bool only_operands = false;
    struct str word = str_from(argv[argc - 1]);

    for (int i = 0; i + 1 < argc; i++) {
        only_operands |= before == NULL && str_eq(str_from(argv[i]), STR("--"));
        before =
            before == NULL && !only_operands ? opt_before(command->opts, str_from(argv[i])) : NULL;
    }
    to->prefix = word;
    to->command = command;
    if (before != NULL) {
        offer_values(to, before);
    } else if (only_operands || !str_starts(word, STR("-"))) {
        offer_operands(to, command);
    } else if (str_starts(word, STR("--")) && str_find(word, '=') < word.n) {
        offer_joined(to, command->opts, word);
    } else if (word.n == 1 || str_starts(word, STR("--"))) {
        offer_options(to, command->opts);
    }
}

int cmd_complete(int argc, char **argv)
{
    struct completion to = {.head = STR(""), .prefix = STR("")};
    const struct command *command = NULL;
    int words = 1, code = EXIT_OK;

    if (argc > 0 && str_eq(str_from(argv[0]), STR("--"))) {
        argc--;
        argv++;
    }
    buf_init(&to.out, OUT_SIZE_MAX);
    if (argc > 0) {
        to.prefix = str_from(argv[argc - 1]);
    }
    if (argc < 2) {
        offer_commands(&to);
    } else if (command_has_parts(str_from(argv[0]))) {
        words = 2;
        if (argc == 2) {
            offer_parts(&to, str_from(argv[0]));
        } else {
            command = command_find(str_from(argv[0]), str_from(argv[1]));
        }
    } else {
        command = command_find(str_from(argv[0]), STR(""));
    }
    if (command != NULL) {
        complete_command(&to, command, argc - words, argv + words);
    }
    code = output_write(buf_text(&to.out));
    buf_release(&to.out);
    return code;
}
