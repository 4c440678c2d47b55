/* sigma_parts.h: the parts of the Sigma reader to each other; the face is sigma.h.
 *
 * Example:   only sigma*.c include this. */
#ifndef RULE_SIGMA_PARTS_H
#define RULE_SIGMA_PARTS_H

#include "rule/match_node.h"
#include "rule/sigma.h"

enum { SIGMA_VALUES_MAX = 10000, SIGMA_TEXT_MAX = 8192, SIGMA_DETECTIONS_MAX = 256 };

struct sigma_detection {
    const struct yaml_node *yaml; /* its key names it */
    const struct node *node;      /* NULL until the condition asks for it */
    bool is_used;
};

struct sigma_reader {
    struct sigma_set *set;
    struct arena *arena;
    struct str file, source;
    struct sigma_detection detections[SIGMA_DETECTIONS_MAX];
    size_t detection_count;
    struct err *err;
};

/* Sets the error at a node, `offset` bytes behind its first character; always false. */
bool sigma_fail(struct sigma_reader *reader, const struct yaml_node *at, size_t offset,
                const char *format, ...) PRINTF(4, 5);
bool sigma_too_large(struct sigma_reader *reader, const struct yaml_node *at);

enum sigma_scalar { SCALAR_TEXT, SCALAR_NUMBER, SCALAR_BOOL, SCALAR_NULL };
/* What a scalar is to YAML 1.2 (core schema). */
enum sigma_scalar sigma_scalar_kind(const struct yaml_node *node, double *number, bool *boolean);

/* A list of texts, or one text; numbers and booleans as written. */
bool sigma_texts(struct sigma_reader *reader, const struct yaml_node *node, struct str_list *out);

/* One item of a detection, "field|modifier: values", or keywords where the key is empty. */
const struct node *sigma_item(struct sigma_reader *reader, struct str key,
                              const struct yaml_node *key_at, const struct yaml_node *values);

/* A detection: maps, lists of maps, keywords. */
const struct node *sigma_detection_node(struct sigma_reader *reader,
                                        struct sigma_detection *detection);

/* The condition over reader->detections. */
const struct node *sigma_condition(struct sigma_reader *reader, const struct yaml_node *node);

bool sigma_correlation_read(struct sigma_reader *reader, const struct yaml_node *document,
                            const struct yaml_node *body, struct correlation *out);
bool sigma_correlations_resolve(struct sigma_set *set, struct err *err);

/* Finds what can never match and why. */
bool sigma_lint(struct sigma_reader *reader, const struct yaml_node *document,
                struct sigma_rule *rule);

#endif
