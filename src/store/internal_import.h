/* internal_import.h: the parts of an import: what comes in, what a worker makes of it, what is
 * written.
 *
 * Ownership: each init, new and next has its release, free and drop.
 * Threads:   inputs under the import's lock; a parser for each worker; one writer.
 *
 * Example:   inputs_next(&inputs, &job->in, &err);
 *            import_parse(parser, job);
 *            import_write(writer, job, &err); */
#ifndef STORE_INTERNAL_IMPORT_H
#define STORE_INTERNAL_IMPORT_H

#include "base/arena.h"
#include "base/buf.h"
#include "os/walk.h"
#include "source/accounts.h"
#include "store/import.h"
#include "store/internal_snapshot.h"

/* ---- what comes in -------------------------------------------------------------------------- */

/* A list of accounts that reports in work still look things up in. */
struct fleet_list {
    struct accounts accounts;
    char *path;
    bool is_there;
    unsigned references;
};

struct import_inputs {
    const struct import_config *config;
    struct walk *walk;
    char *folder; /* of the last path */
    bool has_day; /* the folder is named by a day */
    int64_t day;
    struct fleet_list *sample; /* of the sample's own folder; NULL: it is no sample's */
    struct fleet_list *fleet;
};

struct import_path {
    struct buf path;
    struct err err; /* set: nothing can be read */
    bool is_named;
    uint64_t size; /* of a plain file */
    bool has_day;
    int64_t day;
    struct fleet_list *sample, *fleet; /* let go by inputs_drop */
};

MUST_USE bool inputs_init(struct import_inputs *inputs, const struct import_config *config,
                          struct err *err);
void inputs_release(struct import_inputs *inputs);
/* False at the end, and when a list of accounts is wrong, which sets *err. */
bool inputs_next(struct import_inputs *inputs, struct import_path *path, struct err *err);
void inputs_drop(struct import_path *path);
/* The profile that profile.json in one of the folders names, if it is a published one as it was
 * published; else empty. */
void inputs_profile(const struct import_config *config, struct buf *out);

/* ---- what a worker makes of it -------------------------------------------------------------- */

struct import_job {
    struct import_path in;
    enum { JOB_EMPTY, JOB_TAKEN, JOB_READY } state;
    uint64_t cost; /* bytes it may take while in work */
    struct err err;
    bool is_skip; /* a file in a folder that is no report */
    /* Where err is not set: */
    struct arena arena;
    struct snapshot_draft draft;
};

void import_job_init(struct import_job *job);
void import_job_reset(struct import_job *job); /* ready for the next report */
void import_job_release(struct import_job *job);

struct import_parser;

struct import_parser *import_parser_new(const struct import_config *config);
void import_parser_free(struct import_parser *parser);
void import_parse(struct import_parser *parser, struct import_job *job);

/* ---- what is written ------------------------------------------------------------------------ */

struct import_writer;

MUST_USE bool import_writer_new(struct import_writer **out, const struct import_config *config,
                                struct import_totals *totals, struct err *err);
/* Gives up what is not committed. */
void import_writer_free(struct import_writer *writer);
/* False when the store cannot be written; what is wrong with the report alone is told. */
MUST_USE bool import_write(struct import_writer *writer, const struct import_job *job,
                           struct err *err);
/* Commits, and tells of what is on the disk now. */
MUST_USE bool import_flush(struct import_writer *writer, struct err *err);

#endif
