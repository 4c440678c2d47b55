#include "support/answer_list.h"

size_t answer_list_read(const struct tree *first, struct answer *answers, size_t max)
{
    static const struct str words[] = {[ANSWER_GIVEN] = STR_LIT("given"),
                                       [ANSWER_ABSENT] = STR_LIT("absent"),
                                       [ANSWER_DENIED] = STR_LIT("denied"),
                                       [ANSWER_FAILED] = STR_LIT("failed")};
    size_t count = 0;

    for (const struct tree *node = first; node != NULL && count < max; node = node->next) {
        struct answer *answer = &answers[count++];
        uint64_t page = 0;
        (void)!str_to_u64(tree_text(node, "page"), &page);
        *answer = (struct answer){.action = tree_text(node, "action"),
                                  .region = tree_text(node, "region"),
                                  .subject = tree_text(node, "subject"),
                                  .page = (uint32_t)page,
                                  .code = tree_text(node, "code"),
                                  .body = tree_text(node, "body")};
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            if (str_eq(tree_text(node, "outcome"), words[i])) {
                answer->outcome = (enum answer_outcome)i;
            }
        }
    }
    return count;
}
