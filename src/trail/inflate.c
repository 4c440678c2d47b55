#include "trail/inflate.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "codec/gzip.h"
#include "rule/event.h"
#include "trail/scan.h"

enum { INPUT_SIZE = 64 << 10, TEXT_SIZE = 4 * GZIP_PIECE };

struct inflate {
    const struct trail_source *source;
    struct trail_file *file;
    bool is_gzip, is_over;
    uint64_t size, compressed;

    char *input; /* the file's beginning, which tells what it is */
    size_t input_n, input_at;
    bool input_is_all;

    struct gzip *gzip;

    /* Plain: the window [from, to) is shown. */
    char *text;
    size_t capacity, from, to;
};

struct inflate *inflate_new(enum simd_level simd)
{
    struct inflate *inflate = mem_alloc(sizeof *inflate);

    inflate->input = mem_alloc(INPUT_SIZE);
    inflate->capacity = TEXT_SIZE;
    inflate->text = mem_alloc(TEXT_SIZE);
    inflate->gzip = gzip_new(simd);
    inflate->is_over = true;
    return inflate;
}

void inflate_free(struct inflate *inflate)
{
    if (inflate != NULL) {
        mem_free(inflate->input);
        mem_free(inflate->text);
        gzip_free(inflate->gzip);
        mem_free(inflate);
    }
}

static bool read_more(struct inflate *inflate, void *to, size_t size, size_t *got, struct err *err)
{
    const struct trail_source *source = inflate->source;

    if (!source->read(source->shared, inflate->file, to, size, got, err)) {
        return false;
    }
    inflate->compressed += *got;
    return true;
}

/* The file behind its beginning. */
static bool read_rest(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    struct inflate *inflate = context;

    *got = 0;
    return inflate->input_is_all || read_more(inflate, to, size, got, err);
}

static bool read_gzip(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    const struct inflate *inflate = context;

    if (!read_rest(context, to, size, got, err)) {
        return false;
    }
    return inflate->compressed <= TRAIL_COMPRESSED_MAX ||
           err_set(err, ERR_INPUT, "more than %d MiB compressed", TRAIL_COMPRESSED_MAX >> 20);
}

static bool fill_input(struct inflate *inflate, struct err *err)
{
    size_t got = 1;

    inflate->input_n = inflate->input_at = 0;
    while (got > 0 && inflate->input_n < INPUT_SIZE) {
        if (!read_more(inflate, inflate->input + inflate->input_n, INPUT_SIZE - inflate->input_n,
                       &got, err)) {
            return false;
        }
        inflate->input_n += got;
        /* A file that has as many bytes as it said is not asked whether there are more. */
        if (inflate->file->size > 0 && inflate->input_n == inflate->file->size) {
            got = 0;
        }
    }
    inflate->input_is_all = got == 0;
    return true;
}

bool inflate_begin(struct inflate *inflate, const struct trail_source *source,
                   struct trail_file *file, struct err *err)
{
    struct str input;

    inflate->source = source;
    inflate->file = file;
    inflate->is_over = true;
    inflate->size = inflate->compressed = 0;
    inflate->from = inflate->to = 0;
    if (!fill_input(inflate, err)) {
        return false;
    }
    input = (struct str){inflate->input, inflate->input_n};
    inflate->is_over = false;
    inflate->is_gzip = gzip_recognise(input);
    if (inflate->is_gzip) {
        gzip_reset(inflate->gzip, (struct byte_source){read_gzip, inflate}, input);
    }
    return true;
}

/* ---- plain text ----------------------------------------------------------------------------- */

static bool read_plain(struct inflate *inflate, char *to, size_t size, size_t *got, struct err *err)
{
    size_t left = inflate->input_n - inflate->input_at;

    if (left == 0) {
        return read_rest(inflate, to, size, got, err);
    }
    *got = left < size ? left : size;
    memcpy(to, inflate->input + inflate->input_at, *got);
    inflate->input_at += *got;
    return true;
}

/* Room for a piece behind what is shown. */
static void make_room(struct inflate *inflate)
{
    size_t shown = inflate->to - inflate->from;

    if (inflate->capacity - inflate->to >= GZIP_PIECE) {
        return;
    }
    if (inflate->from < shown) { /* half of the buffer is in use */
        inflate->capacity *= 2;
        inflate->text = mem_resize(inflate->text, inflate->capacity);
    }
    memmove(inflate->text, inflate->text + inflate->from, shown);
    inflate->from = 0;
    inflate->to = shown;
}

/* As gzip_more. */
static bool plain_more(struct inflate *inflate, size_t dropped, struct str *text, struct err *err)
{
    size_t end = 0, got = 1;
    bool ok = true;

    inflate->from += dropped;
    make_room(inflate);
    end = inflate->to + GZIP_PIECE;
    while (ok && got > 0 && inflate->to < end) {
        ok = read_plain(inflate, inflate->text + inflate->to, end - inflate->to, &got, err);
        inflate->to += ok ? got : 0;
    }
    *text = (struct str){inflate->text + inflate->from, inflate->to - inflate->from};
    return ok;
}

bool inflate_more(struct inflate *inflate, size_t dropped, struct str *text, struct err *err)
{
    size_t kept = text->n - dropped, more = 0;
    bool ok = true;

    assert(dropped <= text->n && !inflate->is_over);
    ok = inflate->is_gzip ? gzip_more(inflate->gzip, dropped, text, err)
                          : plain_more(inflate, dropped, text, err);
    more = text->n - kept;
    inflate->size += more;
    inflate->is_over = !ok || more < GZIP_PIECE;
    if (ok && inflate->is_gzip && inflate->size > TRAIL_INFLATED_MAX) {
        inflate->is_over = true;
        return err_set(err, ERR_INPUT, "more than %d MiB inflated", TRAIL_INFLATED_MAX >> 20);
    }
    return ok;
}

bool inflate_is_over(const struct inflate *inflate)
{
    return inflate->is_over;
}

uint64_t inflate_size(const struct inflate *inflate)
{
    return inflate->size;
}

uint64_t inflate_compressed_size(const struct inflate *inflate)
{
    return inflate->compressed;
}
