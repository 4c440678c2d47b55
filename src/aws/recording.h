/* recording.h: one exchange with AWS as a text that people can read and send on.
 *
 *     keywarden exchange 1
 *     account: 111122223333
 *     service: iam
 *     operation: ListVirtualMFADevices
 *     region: us-east-1
 *     number: 1
 *     asked: AssignmentStatus=Assigned&MaxItems=1000
 *     status: 200
 *     header: date: Sun, 22 Nov 2026 10:00:00 GMT
 *     body: 1234 bytes, sha256 0123...
 *     (an empty line, then the body, byte for byte)
 *
 * An exchange of which nothing came has `fault` and `message` instead of status, headers and body.
 * Whoever edits a body takes the line `body` out; it is there to notice damage.
 *
 * Ownership: everything is borrowed, what is read from the text that it was read from.
 * Threads:   pure functions.
 *
 * Example:   struct recording recording;
 *            if (!recording_read(text, &recording, &err)) { ... err.line ... } */
#ifndef AWS_RECORDING_H
#define AWS_RECORDING_H

#include "aws/client.h"

enum { RECORDING_HEADER_MAX = 8 };

struct recording {
    struct str account; /* the label of the session */
    struct str service; /* as in a [services] section, which tells them apart */
    struct str operation, region, asked;
    uint32_t number; /* of several exchanges of one operation, their order; from 1 */
    enum http_fault fault;
    struct str message; /* of a fault */
    unsigned status;
    struct http_header headers[RECORDING_HEADER_MAX];
    size_t header_count;
    struct str body;
};

/* Appends path, parameters and body of a call, in one line. Left out: secrets, and what is another
 * in each run. */
void recording_asked_write(struct buf *out, const struct aws_call *call);
/* Appends what tells exchanges apart: equal for those that asked the same of the same. */
void recording_key_write(struct buf *out, const struct recording *recording);

void recording_write(struct buf *out, const struct recording *recording);
/* Errors (ERR_INPUT) have the line: not such a text, cut short, changed. */
MUST_USE bool recording_read(struct str text, struct recording *recording, struct err *err);

#endif
