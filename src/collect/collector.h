/* collector.h: what all accounts of a collection have in common, and how one of them is entered.
 *
 * Ownership: texts are borrowed and outlive the collection.
 * Threads:   does not change while accounts are worked on; the STS session takes any number of
 *            threads.
 *
 * Example:   struct collector collector = {.parts = COLLECT_BASE, .now = now};
 *            if (!collector_begin(&collector, &client, source, &err)) { ... }
 *            ... account_work_new(&collector, &account) ...
 *            collector_end(&collector); */
#ifndef COLLECT_COLLECTOR_H
#define COLLECT_COLLECTOR_H

#include "aws/client.h"

/* How an account is entered. */
struct collect_entry {
    struct str
        role; /* a name, with its path where it has one, or an ARN; empty: the account is that
                        of the credentials */
    struct str external_id;
};

struct collect_account {
    uint64_t number; /* the 12 digits */
    struct str name, unit;
    struct collect_entry entry;
};

struct collector {
    unsigned parts;          /* enum collect_part */
    int64_t now;             /* of every snapshot */
    struct str session_name; /* of roles; empty: keywarden-TIME */
    struct str organization; /* its id; empty: none is known */
    uint64_t management;     /* the organization's management account; 0: not known */
    /* Of collector_begin. */
    struct aws_client *client;
    struct credentials_source *credentials;
    struct aws_session sts;
    uint64_t caller; /* the account of the credentials */
    char partition[16], arn[256];
};

/* Asks whose credentials these are. Errors (ERR_REMOTE): there are none, or they are no good. */
MUST_USE bool collector_begin(struct collector *collector, struct aws_client *client,
                              struct credentials_source *credentials, struct err *err);
void collector_end(struct collector *collector); /* a zeroed struct is fine */

/* "111122223333" as a number; false for all else. */
MUST_USE bool account_number_read(struct str text, uint64_t *out);

#endif
