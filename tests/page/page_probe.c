/* Writes the page of a study that was built by hand: page_probe CASE >page.html; without a case,
 * the names of all. */
#include <stdio.h>

#include "study/page.h"
#include "support/study_cases.h"

int main(int argc, char **argv)
{
    struct study_case study;
    struct buf out;

    if (argc != 2) {
        for (size_t i = 0; i < study_case_count; i++) {
            printf("%s\n", study_case_names[i]);
        }
        return 0;
    }
    if (!study_case_make(&study, argv[1])) {
        (void)fprintf(stderr, "page_probe: no case '%s'\n", argv[1]);
        return 2;
    }
    buf_init(&out, STUDY_PAGE_SIZE_MAX);
    study_page_write(&out, &study.result, STR("0.0.0"));
    bool ok = !out.overflowed && fwrite(out.p, 1, out.n, stdout) == out.n;
    buf_release(&out);
    study_case_release(&study);
    return ok ? 0 : 1;
}
