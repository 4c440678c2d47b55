/* rule_markdown.h: the controls of packs as a Markdown page: what each asks, why, how to see it and
 * how to mend it. Controls made of others stand in a table for each pack.
 *
 * Threads:   one thread at a time per buffer.
 *
 * Example:   struct rule_source all = {STR("keywarden"), 0, rules.count};
 *            rule_markdown_write(&out, &rules, &all, 1); */
#ifndef CLI_RULE_MARKDOWN_H
#define CLI_RULE_MARKDOWN_H

#include "audit/pack.h"
#include "base/buf.h"

/* A pack or file, and which controls of a ruleset came from it. */
struct rule_source {
    struct str name;
    size_t begin, end;
};

void rule_markdown_write(struct buf *out, const struct ruleset *rules,
                         const struct rule_source *sources, size_t source_count);

#endif
