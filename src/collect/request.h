/* request.h: what a collection was asked for, so that --resume can go on with it.
 *
 * It is written into the store as JSON. It holds no secrets: credentials are found anew.
 *
 * Ownership: texts are borrowed; those of request_read live in its arena.
 * Threads:   plain values.
 *
 * Example:   struct collect_request request = {.is_organization = true, .parts = COLLECT_BASE};
 *            request_write(&request, &text);
 *            ... request_read(&arena, text, &request, &err) ... */
#ifndef COLLECT_REQUEST_H
#define COLLECT_REQUEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "collect/collector.h"

#define COLLECT_ROLE_DEFAULT "OrganizationAccountAccessRole"

struct collect_request {
    bool is_organization; /* else the accounts that are listed or, without any, the caller's own */
    unsigned parts;
    bool has_now;
    int64_t now;                /* of every snapshot, where it was said */
    struct collect_entry entry; /* as was said for all accounts */
    struct str session_name;
    struct str profile, region, endpoint_url; /* empty: as the environment says */
    /* The accounts to collect or, of an organization, those that are entered in a way of their own:
     * by number. */
    struct collect_account *accounts;
    size_t account_count;
};

void request_write(const struct collect_request *request, struct buf *out);
/* Errors (ERR_STORE): not what request_write writes. */
MUST_USE bool request_read(struct arena *arena, struct str text, struct collect_request *out,
                           struct err *err);

/* Reads a list of accounts: a line each, with a role and an external id behind commas where they
 * are not the same as for all; or CSV whose header names columns (account, role, external_id, name,
 * unit), in any order and beside others. Blank lines and lines that begin with '#' are passed over.
 * Errors (ERR_INPUT) name `file` and the line. `text` is changed. */
MUST_USE bool request_read_accounts(struct arena *arena, struct str file, struct buf *text,
                                    struct collect_request *out, struct err *err);

/* How that account is entered: as the list says or, where it says nothing, as all are. The caller's
 * own account is entered with the caller's own credentials, unless it is named with a role or is
 * all there is. */
struct collect_entry request_entry(const struct collect_request *request, uint64_t account,
                                   uint64_t caller);

#endif
