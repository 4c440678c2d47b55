/* fields.h: texts and numbers as bytes: in keys that sort as the texts do, and one behind the other
 * to be read back.
 *
 * Threads:   pure functions; one thread at a time per buffer.
 *
 * Example:   field_key_text(&record, time);
 *            field_write(&record, name);
 *            ... struct str name = field_read(&rest); ... */
#ifndef TRAIL_FIELDS_H
#define TRAIL_FIELDS_H

#include "base/buf.h"
#include "base/str.h"

/* Appends a part of a key: a text sorts before those that it begins. */
void field_key_text(struct buf *out, struct str text);
void field_key_number(struct buf *out, uint32_t number);

/* Appends a text behind its length; takes one that we wrote off the front. */
void field_write(struct buf *out, struct str text);
struct str field_read(struct str *rest);

#endif
