/* sarif_parts.h: what findings and alerts have in common in SARIF: messages, places, levels.
 *
 * Threads:   pure functions; one thread at a time per writer.
 *
 * Example:   sarif_message_write(&json, STR("message"), text); */
#ifndef REPORT_SARIF_PARTS_H
#define REPORT_SARIF_PARTS_H

#include "base/buf.h"
#include "model/control.h"
#include "render/json.h"

/* Everything before the first result. */
void sarif_begin_write(struct buf *out);

/* A key and the bracket that opens its value. */
void sarif_member_open(struct json_writer *json, struct str key, char bracket);

/* The member "text" of a message: braces are placeholders there and brackets links, unless escaped.
 */
void sarif_message_text_write(struct json_writer *json, struct str text);
/* A message under that key. */
void sarif_message_write(struct json_writer *json, struct str key, struct str text);

/* The member "physicalLocation": a file, with its first line. */
void sarif_place_write(struct json_writer *json, struct str path);

struct str sarif_level_name(enum severity severity);
/* A number from 0 to 10 that GitHub ranks by. */
struct str sarif_security_severity(enum severity severity);

#endif
