/* What is written reads back as the same instant, and a text that is read was written in the one
 * way there is, but for its fraction and the spelling of UTC. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    struct buf written;
    int64_t at = 0, again = 0;

    buf_init(&written, 64);
    if (instant_parse(text, &at)) {
        check(at >= INSTANT_MIN && at <= INSTANT_MAX);
        instant_write(&written, at);
        check(written.n == 20 && memcmp(written.p, text.p, 19) == 0);
        check(instant_parse_human(text, &again) && again == at);
    } else if (instant_parse_human(text, &at)) {
        instant_write(&written, at);
        check(size == 10 && memcmp(written.p, text.p, 10) == 0);
        check(memcmp(written.p + 10, "T00:00:00Z", 10) == 0);
    }
    if (size >= sizeof(uint64_t)) {
        uint64_t any = 0;
        memcpy(&any, data, sizeof any);
        at = INSTANT_MIN + (int64_t)(any % (uint64_t)(INSTANT_MAX - INSTANT_MIN + 1));
        buf_clear(&written);
        instant_write(&written, at);
        check(instant_parse(buf_text(&written), &again) && again == at);
    }
    buf_release(&written);
    return 0;
}
