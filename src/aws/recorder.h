/* recorder.h: keeps every exchange of a client in a folder, and answers from such a folder later.
 *
 * A recording is what a bug report needs and nothing that opens a door: credentials, signatures
 * and tokens are never written, and known secrets are blanked in answers (blank.h). One file for
 * each exchange, ACCOUNT.SERVICE.OPERATION.NUMBER.txt (recording.h), and recording.txt, which says
 * when it was made. Sessions without a label (looking for credentials, for one) leave nothing.
 *
 * A replay uses neither network nor credentials. Its clock starts when the recording did and goes a
 * hundred times as fast as others, and a pause moves it on. Equal questions get their answers in
 * the order they were recorded in, whichever thread asks.
 *
 * Ownership: both must outlive the client's calls.
 * Threads:   calls may come from any number of threads.
 *
 * Example:   struct recorder *recorder = recorder_new(STR("recorded"), &facts, &err);
 *            recorder_attach(recorder, &client);
 *            ... calls ...
 *            ok = recorder_finish(recorder, &err);
 *            recorder_free(recorder);
 *
 *            struct replayer *replayer = replayer_new(STR("recorded"), &err);
 *            replayer_attach(replayer, &client);
 *            source = replayer_credentials(replayer); */
#ifndef AWS_RECORDER_H
#define AWS_RECORDER_H

#include "aws/client.h"

/* What a recording says of itself. */
struct recorder_facts {
    int64_t started_at; /* or what was taken for now */
    struct str region;  /* of the settings; empty: none was named */
    struct str options; /* as the command was called; for people */
};

struct recorder;

/* The folder is made, or there and empty. Errors: ERR_INPUT. */
MUST_USE struct recorder *recorder_new(struct str folder, const struct recorder_facts *facts,
                                       struct err *err);
void recorder_attach(struct recorder *recorder, struct aws_client *client);
/* False when something could not be written: the first such error. */
MUST_USE bool recorder_finish(const struct recorder *recorder, struct err *err);
void recorder_free(struct recorder *recorder); /* NULL is fine */

struct replayer;

/* Reads every file once. Errors (ERR_INPUT) name it: damaged, twice the same. */
MUST_USE struct replayer *replayer_new(struct str folder, struct err *err);
/* Answers and clock of the client are the recording's from here on. */
void replayer_attach(struct replayer *replayer, struct aws_client *client);
/* Texts live as long as the replayer. */
struct recorder_facts replayer_facts(const struct replayer *replayer);
/* The settings that the recording was made with, as far as they matter to it. */
MUST_USE bool replayer_settings(const struct replayer *replayer, struct aws_settings *settings,
                                struct err *err);
/* Credentials that open nothing; the source belongs to the replayer. */
struct credentials_source *replayer_credentials(struct replayer *replayer);
void replayer_free(struct replayer *replayer); /* NULL is fine */

#endif
