/* A recorded exchange that is read is written so that it reads back the same, but for control
 * bytes, which become blanks; and whatever stands before and behind a secret, it is blanked, as
 * long as XML and JSON are not mixed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/blank.h"
#include "aws/recording.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_recording(struct str text)
{
    struct recording first, second, third;
    struct err err = {0};
    struct buf out, again, last;

    if (!recording_read(text, &first, &err)) {
        check(err.kind == ERR_INPUT && err.text[0] != '\0');
        return;
    }
    buf_init(&out, 1 << 24);
    buf_init(&again, 1 << 24);
    if (first.fault != HTTP_ANSWERED) {
        first.body = (struct str){0};
    }
    recording_write(&out, &first);
    check(recording_read(buf_text(&out), &second, &err));
    check(str_eq(second.body, first.body) && second.number == first.number &&
          second.fault == first.fault && second.header_count <= first.header_count);
    buf_init(&last, 1 << 24);
    recording_write(&again, &second);
    check(recording_read(buf_text(&again), &third, &err));
    recording_write(&last, &third);
    check(str_eq(buf_text(&last), buf_text(&again)));
    buf_release(&out);
    buf_release(&again);
    buf_release(&last);
}

/* `data` is `before` and `behind` together. */
static void check_blank(struct str data, struct str secret)
{
    static const struct str planted = STR_LIT("PLANTED");
    struct str before = str_sub(data, 0, data.n / 2), behind = str_sub(data, data.n / 2, data.n);
    struct buf text, out;

    if (str_find(before, secret.p[0] == '<' ? '"' : '<') < before.n) {
        return;
    }
    buf_init(&text, 1 << 24);
    buf_init(&out, 1 << 24);
    buf_str(&text, before);
    buf_str(&text, secret);
    buf_str(&text, behind);
    blank_named(buf_text(&text), true, &out);
    check(memmem(out.p, out.n, planted.p, planted.n) == NULL ||
          memmem(data.p, data.n, planted.p, planted.n) != NULL);
    buf_release(&text);
    buf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct str secrets[] = {STR_LIT("<Password>PLANTED</Password>"),
                                         STR_LIT("<x:token a='b'>PLANTED"),
                                         STR_LIT("{\"SecretAccessKey\": \"PLANTED\"}"),
                                         STR_LIT("<AccessKeyId\n>PLANTED</AccessKeyId>")};
    struct str text = {(const char *)data, size};

    check_recording(text);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        check_blank(text, secrets[i]);
    }
    return 0;
}
