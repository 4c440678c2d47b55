#include "codec/gzip.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include "base/arena.h"

/* ISA-L inflates the raw deflate stream and computes its CRC; header and trailer are read here, so
 * that every defect has its own message and nothing depends on how the source cuts its pieces. */

enum {
    INPUT_SIZE = 64 << 10,
    UNREAD_MAX = 8, /* ISA-L reads ahead by at most its 64-bit buffer */
    OUTPUT_STEP_MAX = 1 << 30,
};

/* The flags of a member's header (RFC 1952, 2.3.1). */
enum { FLAG_CRC = 2, FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16, FLAG_RESERVED = 0xE0 };

enum state { STATE_HEADER, STATE_DATA, STATE_TRAILER, STATE_END, STATE_FAILED };

struct gzip {
    struct byte_source source;
    enum state state;
    bool source_is_over;
    uint64_t member_count;
    uint64_t taken; /* compressed bytes behind the window */

    /* The window is input[at..end); UNREAD_MAX bytes before it may always be put back. */
    unsigned char *input;
    size_t capacity, at, end;

    uint64_t member_size; /* inflated bytes of this member */
    uint32_t header_crc;
    struct err failure;
    struct inflate_state inflate;
};

struct gzip *gzip_new(void)
{
    struct gzip *gzip = mem_alloc(sizeof *gzip);

    gzip->capacity = UNREAD_MAX + INPUT_SIZE;
    gzip->input = mem_alloc(gzip->capacity);
    gzip->state = STATE_END;
    isal_inflate_init(&gzip->inflate);
    return gzip;
}

void gzip_reset(struct gzip *gzip, struct byte_source source, struct str already)
{
    if (gzip->capacity - UNREAD_MAX < already.n) {
        gzip->capacity = UNREAD_MAX + already.n;
        gzip->input = mem_resize(gzip->input, gzip->capacity);
    }
    if (already.n > 0) {
        memcpy(gzip->input + UNREAD_MAX, already.p, already.n);
    }
    gzip->at = UNREAD_MAX;
    gzip->end = UNREAD_MAX + already.n;
    gzip->source = source;
    gzip->state = STATE_HEADER;
    gzip->source_is_over = false;
    gzip->member_count = 0;
    gzip->taken = 0;
    gzip->failure = (struct err){0};
}

void gzip_free(struct gzip *gzip)
{
    if (gzip != NULL) {
        mem_free(gzip->input);
        mem_free(gzip);
    }
}

bool gzip_recognise(struct str start)
{
    return str_starts(start, STR("\x1f\x8b"));
}

/* Where in the compressed stream we are, for messages. */
static unsigned long long stream_offset(const struct gzip *gzip)
{
    return gzip->taken + (gzip->at - UNREAD_MAX);
}

/* Makes the window hold at least one byte, unless the source is over. */
static bool window_fill(struct gzip *gzip, struct err *err)
{
    size_t got = 0;

    if (gzip->at < gzip->end || gzip->source_is_over) {
        return true;
    }
    gzip->taken += gzip->end - UNREAD_MAX;
    gzip->at = UNREAD_MAX;
    gzip->end = UNREAD_MAX;
    if (!gzip->source.read(gzip->source.context, gzip->input + UNREAD_MAX,
                           gzip->capacity - UNREAD_MAX, &got, err)) {
        return false;
    }
    gzip->end += got;
    gzip->source_is_over = got == 0;
    return true;
}

/* One byte of header or trailer; an early end is an error that names `part`. */
static bool take_byte(struct gzip *gzip, const char *part, unsigned char *out, struct err *err)
{
    if (!window_fill(gzip, err)) {
        return false;
    }
    if (gzip->at == gzip->end) {
        (void)err_set(err, ERR_INPUT, "gzip: the file ends early, in a member's %s", part);
        err_hint(err, "the file was cut off: fetch or copy it again");
        return false;
    }
    *out = gzip->input[gzip->at++];
    return true;
}

static bool take_header_byte(struct gzip *gzip, unsigned char *out, struct err *err)
{
    if (!take_byte(gzip, "header", out, err)) {
        return false;
    }
    gzip->header_crc = crc32_gzip_refl(gzip->header_crc, out, 1);
    return true;
}

static bool skip_header_bytes(struct gzip *gzip, size_t count, struct err *err)
{
    unsigned char ignored = 0;

    for (; count > 0; count--) {
        if (!take_header_byte(gzip, &ignored, err)) {
            return false;
        }
    }
    return true;
}

static bool skip_header_text(struct gzip *gzip, struct err *err)
{
    unsigned char c = 0;

    do {
        if (!take_header_byte(gzip, &c, err)) {
            return false;
        }
    } while (c != '\0');
    return true;
}

static bool check_header_crc(struct gzip *gzip, struct err *err)
{
    uint32_t wanted = gzip->header_crc & 0xFFFF;
    unsigned char low = 0, high = 0;

    if (!take_byte(gzip, "header", &low, err) || !take_byte(gzip, "header", &high, err)) {
        return false;
    }
    return ((uint32_t)high << 8 | low) == wanted ||
           err_set(err, ERR_INPUT, "gzip: a member's header has a wrong checksum (offset %llu)",
                   stream_offset(gzip));
}

static bool take_header(struct gzip *gzip, struct err *err)
{
    unsigned char fixed[10], low = 0, high = 0, flags = 0;
    unsigned long long begin = stream_offset(gzip);

    gzip->header_crc = 0;
    for (size_t i = 0; i < sizeof fixed; i++) {
        if (!take_header_byte(gzip, &fixed[i], err)) {
            return false;
        }
        if (i == 1 && (fixed[0] != 0x1F || fixed[1] != 0x8B)) {
            return err_set(err, ERR_INPUT,
                           gzip->member_count == 0
                               ? "gzip: no gzip data (offset %llu)"
                               : "gzip: other bytes behind the last member (offset %llu)",
                           begin);
        }
    }
    flags = fixed[3];
    if (fixed[2] != 8 || (flags & FLAG_RESERVED) != 0) {
        return err_set(err, ERR_INPUT, "gzip: unknown compression method or flag (offset %llu)",
                       begin);
    }
    if ((flags & FLAG_EXTRA) != 0 &&
        (!take_header_byte(gzip, &low, err) || !take_header_byte(gzip, &high, err) ||
         !skip_header_bytes(gzip, (size_t)high << 8 | low, err))) {
        return false;
    }
    if ((flags & FLAG_NAME) != 0 && !skip_header_text(gzip, err)) {
        return false;
    }
    if ((flags & FLAG_COMMENT) != 0 && !skip_header_text(gzip, err)) {
        return false;
    }
    return (flags & FLAG_CRC) == 0 || check_header_crc(gzip, err);
}

/* Behind a member: padding, the end, or the next member's header. */
static bool begin_member(struct gzip *gzip, struct err *err)
{
    for (;;) {
        if (!window_fill(gzip, err)) {
            return false;
        }
        if (gzip->member_count == 0) {
            break;
        }
        while (gzip->at < gzip->end && gzip->input[gzip->at] == '\0') {
            gzip->at++;
        }
        if (gzip->at < gzip->end) {
            break;
        }
        if (gzip->source_is_over) {
            gzip->state = STATE_END;
            return true;
        }
    }
    if (!take_header(gzip, err)) {
        return false;
    }
    isal_inflate_reset(&gzip->inflate);
    gzip->inflate.crc_flag = ISAL_GZIP_NO_HDR;
    gzip->member_size = 0;
    gzip->member_count++;
    gzip->state = STATE_DATA;
    return true;
}

static bool take_u32(struct gzip *gzip, uint32_t *out, struct err *err)
{
    *out = 0;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        unsigned char c = 0;
        if (!take_byte(gzip, "trailer", &c, err)) {
            return false;
        }
        *out |= (uint32_t)c << shift;
    }
    return true;
}

static bool end_member(struct gzip *gzip, struct err *err)
{
    uint32_t crc = 0, size = 0;

    if (!take_u32(gzip, &crc, err) || !take_u32(gzip, &size, err)) {
        return false;
    }
    if (crc != gzip->inflate.crc || size != (uint32_t)gzip->member_size) {
        (void)err_set(err, ERR_INPUT, "gzip: a member has a wrong %s (it ends at offset %llu)",
                      crc != gzip->inflate.crc ? "checksum" : "length", stream_offset(gzip));
        err_hint(err, "the file is damaged: fetch or copy it again");
        return false;
    }
    gzip->state = STATE_HEADER;
    return true;
}

/* The whole bytes left in ISA-L's bit buffer belong to the trailer: puts them back. */
static void put_back(struct gzip *gzip)
{
    struct inflate_state *inflate = &gzip->inflate;
    unsigned spare_bits = (unsigned)inflate->read_in_length % 8;
    size_t count = (size_t)inflate->read_in_length / 8;
    uint64_t bits = inflate->read_in >> spare_bits;

    assert(count <= UNREAD_MAX && count <= gzip->at);
    gzip->at -= count;
    for (size_t i = 0; i < count; i++) {
        gzip->input[gzip->at + i] = (unsigned char)(bits >> 8 * i);
    }
}

static bool data_is_damaged(const struct gzip *gzip, struct err *err)
{
    (void)err_set(err, ERR_INPUT, "gzip: damaged data near offset %llu", stream_offset(gzip));
    err_hint(err, "the file is damaged: fetch or copy it again");
    return false;
}

/* Runs ISA-L once over the window. What it made of damaged data is dropped: it counts a match that
 * it refuses as output, though only leftovers stand there, and it goes on for a while by code
 * tables that zlib refuses at once. */
static bool inflate_step(struct gzip *gzip, unsigned char *to, size_t size, size_t *got,
                         struct err *err)
{
    struct inflate_state *inflate = &gzip->inflate;
    size_t before = 0;
    int result = 0;

    if (!window_fill(gzip, err)) {
        return false;
    }
    before = gzip->end - gzip->at;
    inflate->next_in = gzip->input + gzip->at;
    inflate->avail_in = (uint32_t)before;
    inflate->next_out = to;
    inflate->avail_out = (uint32_t)size;
    result = isal_inflate(inflate);
    gzip->at = gzip->end - inflate->avail_in;
    *got = size - inflate->avail_out;
    gzip->member_size += *got;
    if (result != ISAL_DECOMP_OK) {
        return data_is_damaged(gzip, err);
    }
    if (inflate->block_state == ISAL_BLOCK_FINISH) {
        put_back(gzip);
        gzip->state = STATE_TRAILER;
    } else if (*got == 0 && before == 0) {
        (void)err_set(err, ERR_INPUT, "gzip: the file ends early, in a member's data");
        err_hint(err, "the file was cut off: fetch or copy it again");
        return false;
    } else if (*got == 0 && inflate->avail_in == before) {
        return data_is_damaged(gzip, err); /* ISA-L has been reported to stand still on bad data */
    }
    return true;
}

/* One step of whatever comes next; *got stays 0 where it makes no output. */
static bool gzip_step(struct gzip *gzip, unsigned char *to, size_t size, size_t *got,
                      struct err *err)
{
    switch (gzip->state) {
    case STATE_HEADER:
        return begin_member(gzip, err);
    case STATE_DATA:
        return inflate_step(gzip, to, size, got, err);
    case STATE_TRAILER:
        return end_member(gzip, err);
    case STATE_END:
    case STATE_FAILED:
        break;
    }
    return true;
}

bool gzip_read(struct gzip *gzip, void *to, size_t size, size_t *got, struct err *err)
{
    size_t n = 0;

    assert(size > 0);
    size = size < OUTPUT_STEP_MAX ? size : OUTPUT_STEP_MAX;
    while (n == 0 && gzip->state != STATE_END && gzip->state != STATE_FAILED) {
        struct err failure = {0};
        if (!gzip_step(gzip, to, size, &n, &failure)) {
            gzip->failure = failure;
            gzip->state = STATE_FAILED;
        }
    }
    if (gzip->state == STATE_FAILED) {
        if (err->kind == ERR_NONE) {
            *err = gzip->failure;
        }
        return false;
    }
    *got = n;
    return true;
}
