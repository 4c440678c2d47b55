/* audit_options.h: the options of `keywarden audit` as what an audit needs.
 *
 * Ownership: options own the rules and files that they name; they must outlive the audit and its
 *            posture.
 * Threads:   one.
 *
 * Example:   audit_options_init(&options);
 *            if (audit_options_read(&options, args, &err)) { ... audit_run(&options.config, ...) }
 *            audit_options_release(&options); */
#ifndef CLI_AUDIT_OPTIONS_H
#define CLI_AUDIT_OPTIONS_H

#include "audit/compare.h"
#include "audit/engine.h"
#include "base/buf.h"
#include "cli/audit_store.h"
#include "cli/opt.h"

struct audit_options {
    const struct args *args;
    struct audit_config config;
    struct report_options report;
    struct ruleset rules;
    struct exceptions exceptions;
    struct baseline baseline;
    struct accounts accounts;
    struct tiers tiers;
    struct peers peers;                   /* --compare */
    const struct compare_format *compare; /* NULL without it */
    struct buf packs;                     /* their names, for people */
    struct audit_store store;             /* --store */
    bool tells_lives; /* set before reading: the audit of a store keeps its lives of findings */
    bool is_quiet;
    bool is_strict, is_strict_all;
};

void audit_options_init(struct audit_options *options);
void audit_options_release(struct audit_options *options);
/* All but colours and where to write, which are the matter of who writes. A format that is set is
 * kept. */
MUST_USE bool audit_options_read(struct audit_options *options, const struct args *args,
                                 struct err *err);

/* With --store, before the audit: tells the store of the findings, and asks it which are new. */
MUST_USE bool audit_options_prepare(struct audit_options *options, struct err *err);

/* Prints what an audit has to say beside its report; with --quiet, errors only. */
void audit_options_tell(const struct audit_options *options, enum audit_message kind,
                        const struct err *err);

#endif
