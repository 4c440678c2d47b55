/* ocsf_parts.h: what findings and alerts have in common in OCSF: times, captions, the product.
 *
 * Threads:   pure functions; one thread at a time per writer.
 *
 * Example:   ocsf_time_write(&json, STR("time"), STR("time_dt"), at); */
#ifndef REPORT_OCSF_PARTS_H
#define REPORT_OCSF_PARTS_H

#include "model/control.h"
#include "render/json.h"

/* "severity_id" and "severity": an enum of the schema, and its caption. */
struct ocsf_caption {
    unsigned id;
    struct str text;
};

void ocsf_caption_write(struct json_writer *json, struct str id_key, struct str key,
                        struct ocsf_caption caption);
struct ocsf_caption ocsf_severity(enum severity severity);

/* In milliseconds, and as text. */
void ocsf_time_write(struct json_writer *json, struct str key, struct str text_key, int64_t at);

/* The member "metadata"; `code` is the id of what was asked. */
void ocsf_metadata_write(struct json_writer *json, struct str code, struct str version);

#endif
