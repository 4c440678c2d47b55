/* blank.h: takes secrets out of texts that leave this process: answers of AWS that are recorded.
 *
 * What is known to be a secret goes by its name, in XML and in JSON, whatever else the text is and
 * however badly it is formed: a name whose value never ends takes the rest with it. What is a
 * secret of this process goes by its value, wherever it stands.
 *
 * Threads:   pure functions.
 *
 * Example:   blank_named(body, true, &out);
 *            blank_value(&out, secret_text(&credentials->session_token)); */
#ifndef AWS_BLANK_H
#define AWS_BLANK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/str.h"

/* Appends `text` with the values of known names replaced by REMOVED. `is_session`: it holds
 * credentials, so that their id goes too, and their end becomes one that never comes; such a text
 * can still be read as credentials. */
void blank_named(struct str text, bool is_session, struct buf *out);

/* Replaces every occurrence of `value` by crosses; one of less than eight bytes is left, since it
 * could be anything. */
void blank_value(struct buf *text, struct str value);

#endif
