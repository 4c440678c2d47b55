/* record_id.h: who a record is, for counting: its eventID.
 *
 * Threads:   pure functions.
 *
 * Example:   if (record_id_glimpse(record, name_end, find, &id)) { ... not parsed ... } */
#ifndef TRAIL_RECORD_ID_H
#define TRAIL_RECORD_ID_H

#include "trail/scan.h"
#include "trail/structure.h"

#define RECORD_ID_NAME STR("eventID")

/* A UUID as CloudTrail writes it, by its bytes; any other text by a digest. */
struct trail_record_id record_id_of(struct str text);

/* Reads the id without the record, whose last "eventID" ends in front of `name_end`: where that is
 * a member of the record itself, it is the one that counts. False: that is not plain to see, or it
 * is no UUID; parse the record. */
bool record_id_glimpse(struct str record, size_t name_end, structure_fn find,
                       struct trail_record_id *id);

#endif
