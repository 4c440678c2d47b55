/* internal.h: what the readers of answers share: calls with their pages, parts of rows.
 *
 * A reader opens a call, takes what it wants from the trees of its pages and adds parts to rows.
 * Opening the next call lets go of these trees. Whether the arena was full is asked once, at the
 * end.
 *
 * Ownership: trees live until the next call is opened; parts are copied into the arena.
 * Threads:   one thread for each reading.
 *
 * Example:   struct pages pages;
 *            if (call_open(reading, STR("iam:ListSAMLProviders"), none, none, "SAMLProviderList",
 *                          &pages) == TOLD_ALL) {
 *                struct json_writer *json = part_begin(reading);
 *                ...
 *                part_end(reading, STR("AWS"), none, STR("SAMLProviders"));
 *            } */
#ifndef INVENTORY_INTERNAL_H
#define INVENTORY_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "codec/tree.h"
#include "inventory/answer.h"
#include "inventory/inventory.h"
#include "render/json.h"

/* The subject of what was asked in a session of root, which is also its name in the report. */
#define ROOT_NAME STR("<root_account>")
/* The row of every user that has none of its own. No IAM user is called that. */
#define OTHER_USERS STR("*")

/* All answers with the same action, subject and region. */
struct call {
    struct str action, subject, region;
    const struct answer *const *pages; /* in order; none is missing unless the outcome says so */
    size_t page_count;
    enum answer_outcome outcome; /* of all pages together */
    struct str code;
};

/* Some members of a row, as they stand between its braces. */
struct part {
    struct str kind, name;
    struct str label; /* which members; of two parts with the same label the first stands */
    struct str json;
    size_t order;
};

/* Names that grow. */
struct names {
    struct str *items;
    size_t count, capacity;
};

struct reading {
    struct arena *arena;
    struct str account;
    struct arena trees, documents; /* of the call that is open; of one policy */
    const struct answer **sorted;
    struct call *calls; /* by action, subject and region */
    size_t call_count;
    struct buf text; /* of the part being written */
    struct json_writer json;
    struct part *parts;
    size_t part_count, part_capacity;
    struct names users; /* of whom something was told; sorted by users_sort */
    bool is_full;
};

/* ---- calls.c ---- */

/* The answers by call. False when the arena is full. */
MUST_USE bool reading_init(struct reading *reading, struct arena *arena, struct str account,
                           const struct answer *answers, size_t count);
void reading_release(struct reading *reading);

/* What a call told. */
enum told {
    TOLD_NOTHING, /* it was denied, failed, broke off or was not made */
    TOLD_ABSENT,  /* that there is no such thing */
    TOLD_ALL,
};

/* The results of a call's pages. */
struct pages {
    const struct tree **results;
    size_t count;
};

/* Opens a call. Each page must have `must`, a path in the result; in XML a page may say instead
 * that nothing follows, since AWS leaves empty lists out. A page that cannot be read makes the call
 * a failed one. `must` may be NULL where a status is all that is asked. */
MUST_USE enum told call_open(struct reading *reading, struct str action, struct str subject,
                             struct str region, const char *must, struct pages *pages);
/* Whether the list holds anything on any page. */
bool pages_have_items(const struct pages *pages, const char *list);
/* All calls of an action: the first of them, and how many. */
struct call *calls_of(struct reading *reading, struct str action, size_t *count);
/* The open call turned out to say something else than it should. */
void call_refuse(struct reading *reading, struct str action, struct str subject, struct str region);
/* DENIED and FAILED calls. False when the arena is full. */
MUST_USE bool gaps_write(const struct reading *reading, struct inventory_gap **gaps,
                         size_t *gap_count);

/* ---- rows.c ---- */

/* A part begins; members are written to the result. */
struct json_writer *part_begin(struct reading *reading);
/* It ends. Kind and label are literals; the name is copied. */
void part_end(struct reading *reading, struct str kind, struct str name, struct str label);
/* Forgets the parts from `count` on: the call they came from was refused. */
void parts_drop(struct reading *reading, size_t count);
/* The row AWS has the list, empty: its elements are the rows, all of them. */
void list_is_whole(struct reading *reading, struct str list);
void user_add(struct reading *reading, struct str name);
void names_add(struct reading *reading, struct names *names, struct str name);
/* In byte order, each once. */
void names_sort(struct names *names);
/* The parts by row. False when the arena is full. */
MUST_USE bool rows_write(struct reading *reading, struct entity_row **rows, size_t *row_count);

/* Members of objects, from leaves of a tree; what is not there, or is not of its kind, is left
 * out. */
void write_text(struct json_writer *json, struct str key, const struct tree *node,
                const char *path);
void write_instant(struct json_writer *json, struct str key, const struct tree *node,
                   const char *path);
void write_bool(struct json_writer *json, struct str key, const struct tree *node,
                const char *path);
void write_number(struct json_writer *json, struct str key, const struct tree *node,
                  const char *path);
/* "Active" or "Inactive" (or any other word) as a boolean. */
void write_active(struct json_writer *json, struct str key, const struct tree *node,
                  const char *path);
/* The same from a text. */
void member_instant(struct json_writer *json, struct str key, struct str text);
/* The member Tags, unless `list` is NULL. */
void write_tags(struct json_writer *json, const struct tree *list);
/* Its elements: {"Key":...,"Value":...} as {"Name":...,"Value":...}. */
void write_tag_items(struct json_writer *json, const struct tree *list);
/* ISO 8601 or seconds since 1970, whole or not. */
MUST_USE bool instant_read(struct str text, int64_t *at);
/* The parts of an ARN: account and the resource behind it. False for what is none. */
MUST_USE bool arn_read(struct str arn, struct str *account, struct str *resource);

/* ---- document.c ---- */

/* A policy as a member, {"Version":...,"Statements":[...]}, from JSON text; nothing when it is none
 * that can be understood whole. `is_encoded`: as IAM sends it, with bytes as %XX. `owner`: the
 * account for which CrossAccountArn says whether the policy lets another one in; empty: none. */
void document_member(struct arena *scratch, struct json_writer *json, struct str key,
                     struct str text, bool is_encoded, struct str owner);

/* ---- the readers ---- */

/* Groups, roles, policies, and what users have of them. */
void authorization_read(struct reading *reading);
/* The password policy, contacts, identity providers, server certificates. */
void account_read(struct reading *reading);
/* Regions, their analyzers and instances. */
void regions_read(struct reading *reading);
/* Trails and what raises an alarm over them. */
void trails_read(struct reading *reading);
/* What is told of single users, and of root. After the others, which say who the users are. */
void users_read(struct reading *reading);

/* ---- regions.c ---- */

/* The regions that the account may use, sorted. False when nobody told. */
MUST_USE bool regions_enabled(struct reading *reading, struct names *names);
/* Whether a call was answered in each of them; it need not be given in full. */
bool regions_told(struct reading *reading, const struct names *names, struct str action);

/* ---- devices.c ---- */

struct device {
    struct str owner; /* a user's name, or ROOT_NAME */
    struct str serial, enabled;
};

struct devices {
    struct device *items; /* by owner, then serial number */
    size_t count, capacity;
    bool is_known;
};

/* The virtual MFA devices of the account. */
void devices_read(struct reading *reading, struct devices *devices);
void devices_release(struct devices *devices);
/* MFADevices of a user or of root: from its own list, or else the virtual ones. With its own list
 * MFAActive too; returns whether there was one. */
bool devices_write(struct reading *reading, const struct devices *devices, struct str owner);

/* ---- keys.c ---- */

struct last_use {
    struct str key, date, region, service; /* date: empty for never */
};

struct last_uses {
    struct last_use *items; /* by key */
    size_t count;
};

void last_uses_read(struct reading *reading, struct last_uses *uses);
void last_uses_release(struct last_uses *uses);
/* AccessKey of a user or of root. False when nobody told. */
bool keys_write(struct reading *reading, const struct last_uses *uses, struct str owner);

/* ---- root.c ---- */

void root_write(struct reading *reading, const struct devices *devices,
                const struct last_uses *uses);

#endif
