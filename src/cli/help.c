#include "cli/help.h"

#include "base/buf.h"
#include "cli/manual.h"
#include "cli/message.h"

enum { HELP_SIZE_MAX = 1 << 20, NAME_COLUMNS = 21, OPTION_COLUMNS = 26 };

static int print(struct buf *out)
{
    int code = output_write(buf_text(out));

    buf_release(out);
    return code;
}

static void write_command_line(struct buf *out, const struct command *command)
{
    size_t begin = out->n;

    buf_printf(out, "  %s%s%s", command->name, command->sub == NULL ? "" : " ",
               command->sub == NULL ? "" : command->sub);
    buf_fill(out, ' ', out->n - begin < NAME_COLUMNS ? NAME_COLUMNS - (out->n - begin) : 1);
    buf_printf(out, "%s\n", command->summary);
}

int help_overview(void)
{
    struct buf out;

    buf_init(&out, HELP_SIZE_MAX);
    buf_str(&out, STR("keywarden finds what is dangerous about the root user and the IAM users of "
                      "AWS accounts.\n\n"
                      "  aws iam get-credential-report > report.json\n"
                      "  keywarden audit report.json\n\n"
                      "Commands:\n"));
    for (const struct command *command = commands; command->name != NULL; command++) {
        write_command_line(&out, command);
    }
    buf_str(&out, STR("\n'keywarden COMMAND -h' lists the options, 'keywarden help COMMAND' is the "
                      "manual.\n"));
    return print(&out);
}

int help_parts(struct str name, struct str sub, bool is_error)
{
    struct err err = {0};
    struct buf out;

    if (is_error) {
        (void)err_set(&err, ERR_USAGE, "'%.*s%s%.*s' needs the name of one of its parts first",
                      STR_ARG(name), sub.n > 0 ? " " : "", STR_ARG(sub));
        return message_fail(&err);
    }
    buf_init(&out, HELP_SIZE_MAX);
    for (const struct command *command = commands; command->name != NULL; command++) {
        struct str rest = str_from(command->sub), first;
        (void)str_cut(&rest, ' ', &first);
        if (str_eq(str_from(command->name), name) && (sub.n == 0 || str_eq(first, sub))) {
            write_command_line(&out, command);
        }
    }
    return print(&out);
}

static void write_option(struct buf *out, const struct opt *opt)
{
    size_t begin = out->n;

    if (opt->letter != 0) {
        buf_printf(out, "  -%c, --%s", opt->letter, opt->name);
    } else {
        buf_printf(out, "      --%s", opt->name);
    }
    if (opt->arg != NULL) {
        buf_printf(out, opt->is_arg_optional ? "[=%s]" : " %s", opt->arg);
    }
    if (out->n - begin + 2 > OPTION_COLUMNS) {
        buf_char(out, '\n');
        begin = out->n;
    }
    buf_fill(out, ' ', OPTION_COLUMNS - (out->n - begin));
    buf_printf(out, "%s%s\n", opt->help, opt->is_repeatable ? " (repeatable)" : "");
}

int help_short(const struct command *command)
{
    struct buf out;

    buf_init(&out, HELP_SIZE_MAX);
    buf_printf(&out, "usage: keywarden %s%s%s%s%s%s\n%s\n", command->name,
               command->sub == NULL ? "" : " ", command->sub == NULL ? "" : command->sub,
               command->opts->name == NULL ? "" : " [OPTIONS]",
               command->operands[0] == '\0' ? "" : " ", command->operands, command->summary);
    if (command->opts->name != NULL) {
        buf_str(&out, STR("\nOptions:\n"));
    }
    for (const struct opt *opt = command->opts; opt->name != NULL; opt++) {
        write_option(&out, opt);
    }
    if (command->opts->name != NULL) {
        buf_str(&out, STR("\nEvery command also takes"));
        for (const struct opt *opt = common_opts; opt->name != NULL; opt++) {
            buf_printf(&out, " --%s%s%s,", opt->name, opt->arg == NULL ? "" : " ",
                       opt->arg == NULL ? "" : opt->arg);
        }
        buf_str(&out, STR(" -h and --help.\n"));
    }
    buf_printf(&out, "\nExample:\n  %s\n", command->example);
    return print(&out);
}

bool help_page(struct str topic, int *code)
{
    static const struct str program = STR_LIT("keywarden-");

    for (const struct manual_page *page = manual_pages; page->name.n > 0; page++) {
        if (str_eq(page->name, topic) ||
            (str_starts(page->name, program) &&
             str_eq(str_sub(page->name, program.n, page->name.n), topic))) {
            *code = output_write(page->text);
            return true;
        }
    }
    return false;
}

/* The page of the part, where it has one of its own, or of the command. */
int help_long(const struct command *command)
{
    struct str rest = str_from(command->sub), first;
    struct buf page;
    int code = EXIT_OK;
    bool is_shown = false;

    (void)str_cut(&rest, ' ', &first);
    buf_init(&page, 1 << 10);
    buf_printf(&page, "%s-%.*s", command->name, STR_ARG(first));
    is_shown = help_page(buf_text(&page), &code) || help_page(str_from(command->name), &code);
    buf_release(&page);
    return is_shown ? code : help_short(command);
}
