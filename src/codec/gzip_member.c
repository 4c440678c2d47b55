#include "codec/gzip_member.h"

#include <stdlib.h>

#include <isa-l/crc.h>
#include <libdeflate.h>

#include "base/arena.h"
#include "codec/gzip.h"

enum { HEADER_SIZE = 10, TRAILER_SIZE = 8 };

/* Of RFC 1952, 2.3.1. A header with a checksum of its own is left to gzip.h. */
enum { FLAG_EXTRA = 4, FLAG_NAME = 8, FLAG_COMMENT = 16 };

struct gzip_member {
    struct libdeflate_decompressor *inflate;
};

struct gzip_member *gzip_member_new(void)
{
    struct gzip_member *member = mem_alloc(sizeof *member);

    member->inflate = libdeflate_alloc_decompressor();
    if (member->inflate == NULL) {
        abort(); /* as mem_alloc does */
    }
    return member;
}

void gzip_member_free(struct gzip_member *member)
{
    if (member != NULL) {
        libdeflate_free_decompressor(member->inflate);
        mem_free(member);
    }
}

static uint32_t load_u32(const char *p)
{
    const unsigned char *bytes = (const unsigned char *)p;

    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
           (uint32_t)bytes[3] << 24;
}

uint32_t gzip_member_claim(struct str file)
{
    return file.n < HEADER_SIZE + TRAILER_SIZE ? 0 : load_u32(file.p + file.n - 4);
}

static bool skip(struct str *rest, size_t size)
{
    bool ok = size <= rest->n;

    *rest = str_sub(*rest, size, rest->n);
    return ok;
}

static bool skip_text(struct str *rest)
{
    return skip(rest, str_find(*rest, '\0') + 1);
}

/* What stands between header and trailer. */
static bool take_body(struct str file, struct str *body)
{
    unsigned flags = 0;

    if (file.n < HEADER_SIZE + TRAILER_SIZE || !gzip_recognise(file) || file.p[2] != 8) {
        return false;
    }
    flags = (unsigned char)file.p[3];
    *body = str_sub(file, HEADER_SIZE, file.n - TRAILER_SIZE);
    if ((flags & ~(unsigned)(FLAG_EXTRA | FLAG_NAME | FLAG_COMMENT)) != 0) {
        return false;
    }
    if ((flags & FLAG_EXTRA) != 0 &&
        (body->n < 2 || !skip(body, 2 + (load_u32(body->p) & 0xFFFF)))) {
        return false;
    }
    return ((flags & FLAG_NAME) == 0 || skip_text(body)) &&
           ((flags & FLAG_COMMENT) == 0 || skip_text(body));
}

bool gzip_member_inflate(struct gzip_member *member, struct str file, void *to, size_t capacity,
                         size_t *n, uint32_t *crc)
{
    struct str body;
    size_t used = 0, made = 0;

    if (!take_body(file, &body) ||
        libdeflate_deflate_decompress_ex(member->inflate, body.p, body.n, to, capacity, &used,
                                         &made) != LIBDEFLATE_SUCCESS ||
        used != body.n || gzip_member_claim(file) != (uint32_t)made) {
        return false;
    }
    *n = made;
    *crc = load_u32(file.p + file.n - TRAILER_SIZE);
    return true;
}

uint32_t gzip_crc(uint32_t crc, struct str bytes)
{
    return crc32_gzip_refl(crc, (const unsigned char *)bytes.p, bytes.n);
}
