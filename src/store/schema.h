/* schema.h: the tables of a store, as numbered steps that only ever lead forward.
 *
 * Version n of the schema is what the first n files of src/store/schema/ make. A step that was
 * released is never changed again: what must change is a new step.
 *
 * Ownership: static, never freed.
 * Threads:   immutable.
 *
 * Example:   for (int n = 0; n < SCHEMA_VERSION; n++) { ... schema_steps[n].sql ... } */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "base/str.h"

struct schema_step {
    struct str name; /* "001_snapshots" */
    struct str sql;
};

/* Generated from the files at build time; an entry with an empty name ends it. */
extern const struct schema_step schema_steps[];

/* "kwdn": by this file(1) and we know a store. */
enum { SCHEMA_VERSION = 5, STORE_APPLICATION_ID = 0x6b77646e };

#endif
