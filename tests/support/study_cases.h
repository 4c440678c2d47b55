/* study_cases.h: results of studies, built by hand, for the tests of their page.
 *
 * Ownership: a case owns all it points to; study_case_release frees it.
 * Threads:   one thread at a time.
 *
 * Example:   struct study_case study;
 *            if (study_case_make(&study, "both")) { ... study.result ... } */
#ifndef SUPPORT_STUDY_CASES_H
#define SUPPORT_STUDY_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "study/result.h"

struct study_case {
    struct study_result result;
};

extern const char *const study_case_names[];
extern const size_t study_case_count;

/* False where there is no case of that name. */
bool study_case_make(struct study_case *study, const char *name);
void study_case_release(struct study_case *study);

#endif
