/* export.h: what the formats for other systems share: the lasting names of findings and alerts,
 * what a finding is about, a sentence for people, and texts within limits.
 *
 * Ownership: texts are static, borrowed from the finding, or appended to the caller's buffer.
 * Threads:   pure functions.
 *
 * Example:   export_id_write(&out, finding); // "keywarden/111122223333/user-mfa/9f86d0..." */
#ifndef REPORT_EXPORT_H
#define REPORT_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "model/finding.h"
#include "report/report.h"

/* 64 hexadecimal digits of the fields, of whose lengths, too: no two lists of fields read the
 * same. */
void fingerprint_write(struct buf *out, const struct str *fields, size_t count);

/* "keywarden/ACCOUNT/RULE/" in letters, digits and -.:_/; behind it belongs a fingerprint. */
void export_id_begin(struct buf *out, struct str account, struct str rule);

/* 64 hexadecimal digits of account, user and control: the same in every run, whatever time and
 * values are, and not to be forged by a user who chooses a name. Where no account is known the arn
 * stands in. */
void export_fingerprint_write(struct buf *out, const struct finding *finding);

/* "keywarden/ACCOUNT/CONTROL/FINGERPRINT", at most 300 bytes. */
void export_id_write(struct buf *out, const struct finding *finding);

enum principal { PRINCIPAL_ACCOUNT, PRINCIPAL_ROOT, PRINCIPAL_USER };

/* Rules about the account have no user. */
enum principal export_principal(const struct finding *finding);

/* "the root user of account 111122223333"; hidden characters of a name are shown as escapes. */
void export_principal_write(struct buf *out, const struct finding *finding);

/* "ann of account 111122223333 fails 'Every user has MFA': mfa_active=false" */
void export_sentence_write(struct buf *out, const struct finding *finding);

/* An access key that the finding's evidence speaks of. The report has no key ids. */
struct export_key {
    unsigned slot; /* 1 or 2 */
    bool is_active;
    bool is_dated;     /* `rotated` is known */
    int64_t rotated;   /* when the slot's key was made */
    struct str column; /* "access_key_1" */
};

/* Keys that exist, active or not; for formats with `wants_keys`. Returns how many. */
size_t export_keys(const struct finding *finding, struct export_key keys[KEY_SLOTS]);

/* A name for the key: "ARN/access_key_1/2026-01-31T00:00:00Z", without the date where none is
 * known. */
void export_key_write(struct buf *out, const struct finding *finding, const struct export_key *key);

/* The region where a partition's global services are; us-east-1 where the partition is not
 * known. */
struct str partition_home(struct str partition);

/* The partition, "aws" where no arn tells, and its home. */
struct str export_partition(const struct finding *finding);
struct str export_region(const struct finding *finding);

/* Whether a system of a control's maps is a standard, and not another tool. */
bool export_is_standard(struct str system);

/* The steps that mend it, one after the other. */
void export_remedy_write(struct buf *out, const struct control *control);

/* The AWS CLI line for this principal; nothing when there is none or it is longer than a shell
 * takes: half a command is worse than none. */
void export_cli_write(struct buf *out, const struct finding *finding);

/* Text for people, on one line: line ends folded to blanks, hidden characters as escapes, at most
 * `size_max` bytes of UTF-8, "..." at the end where it was cut. */
void export_text_write(struct buf *out, struct str text, size_t size_max);

bool export_is_url(struct str text);

/* `begin` and `end` of formats that are one JSON array of findings, parted by ",\n". */
void export_array_begin(struct buf *out, const struct report_options *options);
void export_array_end(struct buf *out, const struct posture *posture,
                      const struct report_options *options);

#endif
