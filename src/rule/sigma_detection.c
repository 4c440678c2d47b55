/* Detections: maps whose items all hold, lists of which one holds, keywords. */
#include "rule/sigma_parts.h"

/* Where an item's key stands is where its YAML key is; keywords stand for themselves. */
static const struct node *map_node(struct sigma_reader *reader, const struct yaml_node *map)
{
    const struct node **nodes = arena_array(reader->arena, map->count, sizeof(struct node *));
    size_t count = 0;

    if (map->count == 0) {
        (void)sigma_fail(reader, map, 0, "an empty mapping detects nothing");
        return NULL;
    }
    for (const struct yaml_node *value = map->first; nodes != NULL && value != NULL;
         value = value->next) {
        nodes[count] = sigma_item(reader, value->key->text, value->key, value);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    }
    return nodes == NULL ? NULL : match_join(reader->arena, NODE_AND, nodes, count);
}

static bool is_keywords(const struct yaml_node *list)
{
    for (const struct yaml_node *value = list->first; value != NULL; value = value->next) {
        if (value->kind != YAML_SCALAR) {
            return false;
        }
    }
    return true;
}

static const struct node *list_node(struct sigma_reader *reader, const struct yaml_node *list)
{
    const struct node **nodes = arena_array(reader->arena, list->count, sizeof(struct node *));
    size_t count = 0;

    if (list->count == 0) {
        (void)sigma_fail(reader, list, 0, "an empty list detects nothing");
        return NULL;
    }
    if (is_keywords(list)) {
        return sigma_item(reader, (struct str){0}, list, list);
    }
    for (const struct yaml_node *value = list->first; nodes != NULL && value != NULL;
         value = value->next) {
        if (value->kind == YAML_SEQUENCE) {
            (void)sigma_fail(reader, value, 0, "a list holds mappings or keywords, not lists");
            return NULL;
        }
        nodes[count] = value->kind == YAML_MAPPING
                           ? map_node(reader, value)
                           : sigma_item(reader, (struct str){0}, value, value);
        if (nodes[count++] == NULL) {
            return NULL;
        }
    }
    return nodes == NULL ? NULL : match_join(reader->arena, NODE_OR, nodes, count);
}

const struct node *sigma_detection_node(struct sigma_reader *reader,
                                        struct sigma_detection *detection)
{
    const struct yaml_node *yaml = detection->yaml;

    detection->is_used = true;
    if (detection->node == NULL) {
        detection->node = yaml->kind == YAML_MAPPING ? map_node(reader, yaml)
                          : yaml->kind == YAML_SEQUENCE
                              ? list_node(reader, yaml)
                              : sigma_item(reader, (struct str){0}, yaml, yaml);
        if (detection->node == NULL && reader->err->kind == ERR_NONE) {
            (void)sigma_too_large(reader, yaml);
        }
    }
    return detection->node;
}
