#include "trail/inflate.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"
#include "codec/gzip.h"
#include "codec/gzip_member.h"
#include "rule/event.h"
#include "trail/scan.h"

/* All workers together keep to MEMORY_TOTAL while they inflate at once; whatever does not fit a
 * worker's share goes through windows. */
enum {
    MEMORY_TOTAL = 40 << 20,
    WHOLE_MIN = 1 << 20,
    WHOLE_MAX = 16 << 20,
    RATIO = 4,        /* a file is seldom inflated by less */
    RATIO_MAX = 1032, /* and never by more: what claims to be, lies */
    WINDOW = 4 * INFLATE_PIECE,
};

/* Where the text comes from. */
enum state {
    STATE_WHOLE, /* it stands in `whole`, and is shown step by step */
    STATE_GZIP,  /* through windows */
    STATE_PLAIN,
    STATE_OVER,
};

struct inflate {
    const struct trail_source *source;
    struct trail_file *file;
    enum state state;

    char *input; /* a file's beginning, or all of it */
    size_t input_n, input_capacity, input_max, input_at;
    bool input_is_all;

    char *text; /* the window [from, to) of it is shown; in STATE_WHOLE more stands behind */
    size_t capacity, from, to, text_n, whole_max;

    struct gzip_member *member;
    struct gzip *gzip;
    uint32_t crc, crc_wanted;
    uint64_t size, compressed;
};

struct inflate *inflate_new(unsigned jobs)
{
    struct inflate *inflate = mem_alloc(sizeof *inflate);
    size_t share = MEMORY_TOTAL / (jobs > 0 ? jobs : 1) / (RATIO + 1) * RATIO;

    share = share < WHOLE_MIN ? WHOLE_MIN : share;
    inflate->whole_max = share < WHOLE_MAX ? share : WHOLE_MAX;
    inflate->capacity = WINDOW;
    inflate->text = mem_alloc(WINDOW);
    inflate->input_max = inflate->whole_max / RATIO;
    inflate->input_capacity = WINDOW;
    inflate->input = mem_alloc(WINDOW);
    inflate->member = gzip_member_new();
    inflate->gzip = gzip_new();
    inflate->state = STATE_OVER;
    return inflate;
}

void inflate_free(struct inflate *inflate)
{
    if (inflate != NULL) {
        mem_free(inflate->input);
        mem_free(inflate->text);
        gzip_member_free(inflate->member);
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

/* What the windows are made of: the rest of a gzip file. */
static bool read_gzip(void *context, void *to, size_t size, size_t *got, struct err *err)
{
    struct inflate *inflate = context;

    *got = 0;
    if (inflate->input_is_all) {
        return true;
    }
    if (!read_more(inflate, to, size, got, err)) {
        return false;
    }
    return inflate->compressed <= TRAIL_COMPRESSED_MAX ||
           err_set(err, ERR_INPUT, "more than %d MiB compressed", TRAIL_COMPRESSED_MAX >> 20);
}

/* The whole file, or as much of it as the buffer may take. */
static bool fill_input(struct inflate *inflate, struct err *err)
{
    size_t got = 1;

    inflate->input_n = 0;
    while (got > 0 && inflate->input_n < inflate->input_max) {
        if (inflate->input_n == inflate->input_capacity) {
            inflate->input_capacity *= 2;
            inflate->input = mem_resize(inflate->input, inflate->input_capacity);
        }
        if (!read_more(inflate, inflate->input + inflate->input_n,
                       inflate->input_capacity - inflate->input_n, &got, err)) {
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

/* Room for a text of `size` bytes, not keeping what is there. */
static void make_whole(struct inflate *inflate, size_t size)
{
    if (size > inflate->capacity) {
        while (inflate->capacity < size) {
            inflate->capacity *= 2;
        }
        mem_free(inflate->text);
        inflate->text = mem_large(inflate->capacity, 1);
    }
}

static bool inflate_whole(struct inflate *inflate, struct str input)
{
    size_t claim = gzip_member_claim(input);

    if (!inflate->input_is_all || claim > inflate->whole_max || claim / RATIO_MAX > input.n) {
        return false;
    }
    make_whole(inflate, claim);
    return gzip_member_inflate(inflate->member, input, inflate->text, inflate->capacity,
                               &inflate->text_n, &inflate->crc_wanted);
}

bool inflate_begin(struct inflate *inflate, const struct trail_source *source,
                   struct trail_file *file, struct err *err)
{
    struct str input;

    inflate->source = source;
    inflate->file = file;
    inflate->state = STATE_OVER;
    inflate->size = inflate->compressed = 0;
    inflate->from = inflate->to = inflate->text_n = inflate->input_at = 0;
    inflate->crc = 0;
    if (!fill_input(inflate, err)) {
        return false;
    }
    input = (struct str){inflate->input, inflate->input_n};
    if (!gzip_recognise(input)) {
        inflate->state = STATE_PLAIN;
    } else if (inflate_whole(inflate, input)) {
        inflate->state = STATE_WHOLE;
    } else {
        gzip_reset(inflate->gzip, (struct byte_source){read_gzip, inflate}, input);
        inflate->state = STATE_GZIP;
    }
    return true;
}

/* ---- pieces --------------------------------------------------------------------------------- */

static bool more_whole(struct inflate *inflate, struct err *err)
{
    size_t left = inflate->text_n - inflate->to;
    size_t n = left < INFLATE_PIECE ? left : INFLATE_PIECE;

    inflate->crc = gzip_crc(inflate->crc, (struct str){inflate->text + inflate->to, n});
    inflate->to += n;
    inflate->size += n;
    if (inflate->to < inflate->text_n) {
        return true;
    }
    inflate->state = STATE_OVER;
    if (inflate->crc != inflate->crc_wanted) {
        (void)err_set(err, ERR_INPUT, "gzip: a member has a wrong checksum (it ends at offset %zu)",
                      inflate->input_n);
        err_hint(err, "the file is damaged: fetch or copy it again");
        return false;
    }
    return true;
}

/* Makes room for a piece behind what is shown. */
static void make_room(struct inflate *inflate)
{
    size_t shown = inflate->to - inflate->from;

    if (inflate->capacity - inflate->to >= INFLATE_PIECE) {
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

static bool read_plain(struct inflate *inflate, char *to, size_t size, size_t *got, struct err *err)
{
    size_t left = inflate->input_n - inflate->input_at;

    if (left > 0) {
        *got = left < size ? left : size;
        memcpy(to, inflate->input + inflate->input_at, *got);
        inflate->input_at += *got;
        return true;
    }
    *got = 0;
    return inflate->input_is_all || read_more(inflate, to, size, got, err);
}

static bool more_window(struct inflate *inflate, struct err *err)
{
    bool is_gzip = inflate->state == STATE_GZIP;
    size_t begin = 0, got = 1;

    make_room(inflate);
    begin = inflate->to;
    while (got > 0 && inflate->to - begin < INFLATE_PIECE) {
        char *to = inflate->text + inflate->to;
        size_t size = INFLATE_PIECE - (inflate->to - begin);
        bool ok = is_gzip ? gzip_read(inflate->gzip, to, size, &got, err)
                          : read_plain(inflate, to, size, &got, err);
        if (!ok) {
            inflate->state = STATE_OVER;
            return false;
        }
        inflate->to += got;
        inflate->size += got;
    }
    if (got == 0) {
        inflate->state = STATE_OVER;
    }
    if (is_gzip && inflate->size > TRAIL_INFLATED_MAX) {
        inflate->state = STATE_OVER;
        return err_set(err, ERR_INPUT, "more than %d MiB inflated", TRAIL_INFLATED_MAX >> 20);
    }
    return true;
}

bool inflate_more(struct inflate *inflate, size_t dropped, struct str *text, struct err *err)
{
    bool ok = true;

    assert(dropped <= inflate->to - inflate->from && inflate->state != STATE_OVER);
    inflate->from += dropped;
    ok = inflate->state == STATE_WHOLE ? more_whole(inflate, err) : more_window(inflate, err);
    *text = (struct str){inflate->text + inflate->from, inflate->to - inflate->from};
    return ok;
}

bool inflate_is_over(const struct inflate *inflate)
{
    return inflate->state == STATE_OVER;
}

uint64_t inflate_size(const struct inflate *inflate)
{
    return inflate->size;
}

uint64_t inflate_compressed_size(const struct inflate *inflate)
{
    return inflate->compressed;
}
