/* config_file.h: one file of ~/.aws, `config` or `credentials`, as AWS's own tools read it.
 *
 * Their reader is Python's RawConfigParser, so this is its dialect: `[section]`, `key = value` or
 * `key: value`, keys in any case, lines that go on when indented deeper, # and ; before a line that
 * does not count, names once only. A value that begins on the line after its key is a list of
 * `key = value` lines, one level deep. What that reader refuses is refused here.
 *
 * The result is a tree: sections, their keys in lower case, the keys below those as written.
 *
 * Ownership: the tree lives in the arena, and holds whatever secrets the file does: the owner wipes
 *            the arena (arena_wipe).
 * Threads:   pure function.
 *
 * Example:   const struct tree *file = NULL;
 *            if (!config_file_parse(&arena, text, &file, &err)) { return false; } */
#ifndef AWS_CONFIG_FILE_H
#define AWS_CONFIG_FILE_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "codec/tree.h"

/* *out has a child for each section, in order. Errors (ERR_INPUT, with the line): not UTF-8, text
 * before the first section, a line that is neither, a name twice, a nested line without '=', a full
 * arena. No error quotes a value. */
MUST_USE bool config_file_parse(struct arena *arena, struct str text, const struct tree **out,
                                struct err *err);

#endif
