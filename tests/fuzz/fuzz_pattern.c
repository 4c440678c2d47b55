/* However hostile a regular expression and its subject are, a search ends quickly, and says the
 * same twice. The first line is the expression, the rest the subject. */
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/buf.h"
#include "rule/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Far above what the limits allow (a second), far below forever. */
enum { CPU_SECONDS_MAX = 4, SUBJECT_MAX = 4096 };

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str subject = {(const char *)data, size}, expression;
    const struct pattern *pattern = NULL;
    struct pattern_scratch *scratch = pattern_scratch_new();
    struct err err = {0};
    struct arena arena;
    struct buf longer;
    clock_t begin = clock();

    (void)str_cut(&subject, '\n', &expression);
    arena_init(&arena, 8 << 20);
    buf_init(&longer, SUBJECT_MAX);
    if (pattern_compile(&arena, expression, 0, &pattern, &err)) {
        bool found = false, again = false;
        bool known = pattern_search(pattern, subject, scratch, &found);
        check(pattern_search(pattern, subject, scratch, &again) == known && found == again);
        while (subject.n > 0 && longer.n + subject.n <= SUBJECT_MAX) {
            buf_str(&longer, subject);
        }
        /* Either answer will do, in time. */
        known = pattern_search(pattern, buf_text(&longer), scratch, &found);
        check(known || !known);
    } else {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
    }
    check(clock() - begin < CPU_SECONDS_MAX * CLOCKS_PER_SEC);
    buf_release(&longer);
    arena_release(&arena);
    pattern_scratch_free(scratch);
    return 0;
}
