/* schema.h: what rules may talk about: entities, their attributes, types, where each comes from.
 *
 * The tables follow the published attribute names; `rule schema` prints them. An attribute that a
 * credential report carries names its column; every other one says which call obtains it.
 *
 * Threads: static and immutable.
 *
 * Example:   const struct schema_entity *user = schema_entity_find(STR("iamuser"));
 *            const struct schema_attr *mfa = schema_attr_find(user, STR("MFAActive")); */
#ifndef RULE_SCHEMA_H
#define RULE_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"
#include "model/report_column.h"

enum rule_type {
    TYPE_BOOL,
    TYPE_NUMBER,
    TYPE_STRING,
    TYPE_TIME,
    TYPE_DURATION,
    TYPE_IP,
    TYPE_ENTITY,
};

enum schema_source {
    SOURCE_REPORT,        /* the credential report */
    SOURCE_API,           /* calls in the account itself */
    SOURCE_ORGANIZATIONS, /* AWS Organizations */
    SOURCE_CLOUDTRAIL,    /* events */
    SOURCE_PERSON,        /* only somebody who looks, or asks, can say */
    SOURCE_NOWHERE,       /* nothing tells it */
};

/* How a report row gives the attribute. */
enum report_binding {
    BIND_NONE,    /* it does not */
    BIND_COLUMN,  /* the column; inside a slot list the column of slot 1 */
    BIND_IS_ROOT, /* user is <root_account> */
    BIND_ACCOUNT, /* the parts of the arn */
    BIND_PARTITION,
    BIND_PATH,
    BIND_GROUP,   /* a struct whose attributes have bindings of their own */
    BIND_KEYS,    /* list: the access keys that exist */
    BIND_SLOTS,   /* list: both access key slots, whether or not a key is in them */
    BIND_CERTS,   /* list: the signing certificates that exist */
    BIND_COLUMNS, /* open struct: any column, as text */
};

struct schema_entity;

struct schema_attr {
    struct str name;
    enum rule_type type; /* of the element, for a list */
    bool is_list;
    bool none_is_never;                 /* the word N/A says that it never happened */
    const struct schema_entity *entity; /* TYPE_ENTITY */
    enum schema_source source;
    struct str obtain; /* the API call or place that tells it; empty: the entity's own */
    enum report_binding binding;
    enum report_column column; /* BIND_COLUMN */
    struct str alias;          /* a published spelling that differs */
    struct str help;
};

struct schema_entity {
    struct str name;
    bool is_root;       /* may stand at the head of a rule */
    bool is_report_row; /* judged for each row of a credential report */
    bool is_open;       /* any attribute name, as text */
    bool is_complete;   /* what is not there is none: a part of an event */
    struct str obtain;  /* what collects it; empty where its attributes say so */
    struct str help;
    const struct schema_attr *attrs;
    size_t attr_count;
};

extern const struct schema_entity *const schema_entities[]; /* rule heads, ended by NULL */

/* A CloudTrail record: what Sigma rules and filter patterns are about, and rules of the language
 * may be. */
extern const struct schema_entity schema_cloudtrail_event;

/* Element type of a list of plain strings: its attribute `value` is the string itself. */
extern const struct schema_entity schema_string_element;

const struct schema_entity *schema_entity_find(struct str name);
/* Case-insensitive, aliases included; NULL when there is none. */
const struct schema_attr *schema_attr_find(const struct schema_entity *entity, struct str name);

/* The nearest name for a hint; empty when nothing is near. */
struct str schema_entity_nearest(struct str name);
struct str schema_attr_nearest(const struct schema_entity *entity, struct str name);

struct str rule_type_name(enum rule_type type);
struct str schema_source_name(enum schema_source source);

#endif
