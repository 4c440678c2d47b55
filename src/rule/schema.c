#include "rule/schema.h"

#include <limits.h>

const struct schema_entity *schema_entity_find(struct str name)
{
    for (size_t i = 0; schema_entities[i] != NULL; i++) {
        if (str_eq_nocase(schema_entities[i]->name, name)) {
            return schema_entities[i];
        }
    }
    return NULL;
}

const struct schema_attr *schema_attr_find(const struct schema_entity *entity, struct str name)
{
    for (size_t i = 0; i < entity->attr_count; i++) {
        const struct schema_attr *attr = &entity->attrs[i];
        if (str_eq_nocase(attr->name, name) ||
            (attr->alias.n > 0 && str_eq_nocase(attr->alias, name))) {
            return attr;
        }
    }
    return NULL;
}

struct str schema_entity_nearest(struct str name)
{
    struct str nearest = {0};
    unsigned best = UINT_MAX;

    for (size_t i = 0; schema_entities[i] != NULL; i++) {
        if (str_is_near(name, schema_entities[i]->name, &best)) {
            nearest = schema_entities[i]->name;
        }
    }
    return nearest;
}

struct str schema_attr_nearest(const struct schema_entity *entity, struct str name)
{
    struct str nearest = {0};
    unsigned best = UINT_MAX;

    for (size_t i = 0; i < entity->attr_count; i++) {
        if (str_is_near(name, entity->attrs[i].name, &best)) {
            nearest = entity->attrs[i].name;
        }
    }
    return nearest;
}

struct str rule_type_name(enum rule_type type)
{
    static const struct str names[] = {
        [TYPE_BOOL] = STR_LIT("boolean"),      [TYPE_NUMBER] = STR_LIT("number"),
        [TYPE_STRING] = STR_LIT("string"),     [TYPE_TIME] = STR_LIT("time"),
        [TYPE_DURATION] = STR_LIT("duration"), [TYPE_IP] = STR_LIT("ip"),
        [TYPE_ENTITY] = STR_LIT("struct"),
    };

    return names[type];
}

struct str schema_source_name(enum schema_source source)
{
    static const struct str names[] = {
        [SOURCE_REPORT] = STR_LIT("report"),
        [SOURCE_API] = STR_LIT("API"),
        [SOURCE_ORGANIZATIONS] = STR_LIT("Organizations"),
        [SOURCE_CLOUDTRAIL] = STR_LIT("CloudTrail"),
        [SOURCE_PERSON] = STR_LIT("a person"),
        [SOURCE_NOWHERE] = STR_LIT("nowhere"),
    };

    return names[source];
}
