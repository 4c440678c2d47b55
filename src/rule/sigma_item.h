/* sigma_item.h: the two halves of an item of a detection to each other: values and what changes
 * them in sigma_value.c, modifiers and predicates in sigma_item.c.
 *
 * Example:   only these two include this. */
#ifndef RULE_SIGMA_ITEM_H
#define RULE_SIGMA_ITEM_H

#include "rule/sigma_parts.h"

/* A value on its way through the modifiers. Values made of one by `base64offset`, `windash` or
 * `expand` keep its number, since `all` asks for each value, not for each of its forms. */
struct item_value {
    enum sigma_scalar kind;
    bool boolean;
    uint32_t origin;
    double number;
    struct str raw; /* as written */
    const uint16_t *codes;
    size_t count;
    const struct yaml_node *at;
};

struct item {
    struct sigma_reader *reader;
    const struct yaml_node *key_at;
    struct str label;
    struct event_path path;
    struct item_value *values;
    size_t count;
    size_t origin_count;
    bool is_all, is_negated, is_cased, is_regex, is_cidr, is_exists, is_field, is_changed;
    bool is_begin, is_end; /* of FIELD and regular expressions */
    bool has_compare, has_part;
    enum number_op compare;
    enum time_part part;
    unsigned regex_flags;
};

/* All of these set the error and give false where they fail. */
bool item_fail(const struct item *item, const struct item_value *value, const char *text);
bool item_too_large(const struct item *item);
bool item_read_values(struct item *item, const struct yaml_node *values);
bool item_has_wildcard(const struct item_value *value);

/* The modifiers that change texts. */
bool item_add_stars(struct item *item, bool before, bool behind);
bool item_make_wide(struct item *item, bool is_big, bool has_mark);
bool item_make_base64(struct item *item, bool is_offset);
bool item_make_dashes(struct item *item);
bool item_expand(struct item *item);

#endif
