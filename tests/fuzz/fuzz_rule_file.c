/* Any bytes as a rule file: they load and explain, or are refused with a reason; what loads and
 * compiles once does so again, to the same plan. The first byte chooses YAML or plain text. */
#include <stdint.h>
#include <stdlib.h>

#include "audit/pack.h"
#include "rule/explain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 64 << 20 };

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Appends the plan; false, with a reason, where the file is refused. */
static bool load(struct str name, struct str text, struct buf *out)
{
    struct ruleset rules;
    struct err err = {0};
    bool ok = false;

    ruleset_init(&rules);
    ok = ruleset_add_text(&rules, name, text, &err);
    for (size_t i = 0; ok && i < rules.count; i++) {
        const struct control *control = &rules.controls[i];
        check(control->id.n > 0 && control->title.n > 0 &&
              (int)control->severity < (int)SEVERITY_COUNT);
        for (size_t j = 0; j < i && i < 20; j++) {
            check(!str_eq(rules.controls[j].id, control->id));
        }
    }
    ok = ok && ruleset_compile(&rules, &err);
    if (ok) {
        explain_plan(out, &rules.plan);
        for (size_t i = 0; i < rules.count; i++) {
            check(rules.pointers[i] == &rules.controls[i]);
            explain_program(out, &rules.programs[i]);
        }
    } else {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
        buf_printf(out, "%s:%u:%u: %s", err.place, err.line, err.col, err.text);
    }
    ruleset_release(&rules);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size}, name = STR("rules.yaml");
    struct buf first, second;

    if (size == 0) {
        return 0;
    }
    if (data[0] % 2 == 1) {
        name = STR("rules.txt");
    }
    text = str_sub(text, 1, text.n);
    buf_init(&first, OUT_MAX);
    buf_init(&second, OUT_MAX);
    check(load(name, text, &first) == load(name, text, &second));
    check(str_eq(buf_text(&first), buf_text(&second)));
    buf_release(&first);
    buf_release(&second);
    return 0;
}
