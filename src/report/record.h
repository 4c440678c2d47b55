/* record.h: findings as bytes that the program itself reads again: for commands that look at the
 * findings of an audit together (compare, diff, what a store keeps), in their order, whatever the
 * number of workers.
 *
 * A record holds the pointers of its control and exception and copies of everything else: it is for
 * the process that wrote it, and for as long as rules and exceptions live.
 *
 * Ownership: what record_read gives points into the bytes.
 * Threads:   pure functions.
 *
 * Example:   config.format = &report_record;      // and in config.write:
 *            while (record_read(&bytes, evidence, &finding)) { ... } */
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H

#include "report/report.h"

extern const struct report_format report_record; /* not among report_formats: no name to ask for */

/* Takes one finding off the front of the bytes, which hold whole records; false when none is left.
 * The evidence is kept in the array given. */
bool record_read(struct str *bytes, struct evidence evidence[static EVIDENCE_COUNT_MAX],
                 struct finding *out);

#endif
