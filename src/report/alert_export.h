/* alert_export.h: what the formats of alerts for other systems share.
 *
 * Threads:   pure functions.
 *
 * Example:   alert_id_write(&out, &alert); // "keywarden/111122223333/RULE/9f86d0..." */
#ifndef REPORT_ALERT_EXPORT_H
#define REPORT_ALERT_EXPORT_H

#include "render/json.h"
#include "report/alert_report.h"

/* 64 hexadecimal digits of account, rule and event: the same in every run. */
void alert_fingerprint_write(struct buf *out, const struct alert *alert);
/* "keywarden/ACCOUNT/RULE/FINGERPRINT". */
void alert_id_write(struct buf *out, const struct alert *alert);

/* "arn:aws:iam::111122223333:root: ConsoleLogin (signin.amazonaws.com) in us-east-1 from ..." */
void alert_sentence_write(struct buf *out, const struct alert *alert);

/* When it happened; where its time cannot be read, when the scan runs. */
int64_t alert_instant(const struct alert *alert, const struct alert_options *options);

/* Of the principal's arn, else of the region; "aws" where neither tells. */
struct str alert_partition(const struct alert *alert);
/* The region, or where a partition's global services are. */
struct str alert_region(const struct alert *alert);

/* The members of an alert in json and jsonl. */
void alert_members_write(struct json_writer *json, const struct alert *alert);

/* ",\n" before every alert but the first, for formats that are one array. */
void alert_part(struct alert_writer *writer);

#endif
