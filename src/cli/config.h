/* config.h: keywarden.conf: options of commands from a file, keywarden.conf(5).
 *
 * A section is named like a command, a key like an option of it; what stands before the first
 * section is for every command that has such an option. So there is nothing here that knows any
 * option: the tables of the commands do.
 *
 * Ownership: the configuration owns its text; arguments point into it once it is applied.
 * Threads:   one.
 *
 * Example:   if (config_load(&config, &args, &err) &&
 *                config_apply(&config, command, &args, &err)) { ... run the command ... }
 *            config_release(&config); */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/arena.h"
#include "base/buf.h"
#include "cli/command.h"

enum config_origin {
    CONFIG_NONE,
    CONFIG_OPTION,      /* --config */
    CONFIG_ENVIRONMENT, /* $KEYWARDEN_CONFIG */
    CONFIG_FOLDER,      /* ./keywarden.conf */
    CONFIG_HOME,        /* in the user's folder of configurations */
};

struct config_value {
    const struct command *command; /* NULL: of every command that has the option */
    struct str name, value;
    uint32_t line, col; /* of the name */
};

struct config {
    enum config_origin origin;
    struct str path;
    struct config_value *values;
    size_t count, capacity;
    /* Private. */
    struct arena arena;
    struct buf text;
};

/* Finds the one file there is to read, by the options --config and --no-config, the environment and
 * the usual places; reads it, and checks every key of every section. No file at all is fine. On
 * failure origin and path are set where a file was found; release it all the same. */
MUST_USE bool config_load(struct config *config, const struct args *args, struct err *err);
void config_release(struct config *config);

/* Adds the command's values to what was given on the command line. An option that was given there
 * stays as it is, a list as well as a single value; a section counts before the head. */
MUST_USE bool config_apply(struct config *config, const struct command *command, struct args *args,
                           struct err *err);

/* Makes of a path in the file one from here, as config_apply does; other values stay. False when
 * that takes too much memory. */
MUST_USE bool config_path(struct config *config, const struct opt *opt, struct str *value);

/* Says which of the options came from the file, where a command has refused its options. */
void config_blame(const struct config *config, const struct args *args);

#endif
