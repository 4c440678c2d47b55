/* answer_list.h: AWS's answers as tests hand them to a probe: a JSON list of objects with action,
 * region, subject, page, outcome, code and body.
 *
 * Ownership: answers are the caller's; their texts point into the tree.
 * Threads:   pure function.
 *
 * Example:   size_t count = answer_list_read(tree_first(root, "answers"), answers, ANSWERS_MAX); */
#ifndef SUPPORT_ANSWER_LIST_H
#define SUPPORT_ANSWER_LIST_H

#include "codec/tree.h"
#include "inventory/answer.h"

/* From the first of the list on, at most `max`. Returns how many; one whose outcome is no word for
 * it was given. */
size_t answer_list_read(const struct tree *first, struct answer *answers, size_t max);

#endif
