#include "inventory/whole.h"

#include <stddef.h>

bool result_tells(const struct tree *result, const char *must)
{
    return tree_find(result, must) != NULL || tree_find(result, "IsTruncated") != NULL;
}

/* Services differ in what they call the place where the next page begins. */
bool result_goes_on(const struct tree *result)
{
    static const char *const tokens[] = {"Marker", "NextToken", "nextToken", "ContinuationToken"};
    const struct tree *truncated = tree_find(result, "IsTruncated");

    if (truncated != NULL) {
        return str_eq(truncated->text, STR("true"));
    }
    for (size_t i = 0; i < sizeof tokens / sizeof tokens[0]; i++) {
        if (tree_text(result, tokens[i]).n > 0) {
            return true;
        }
    }
    return false;
}
