#include "rule/address.h"

#include <arpa/inet.h>
#include <string.h>

struct address {
    unsigned char bytes[16]; /* IPv4 in the last four, behind ::ffff */
    unsigned prefix;         /* of 128 bits */
};

static bool address_parse(struct str s, struct address *out)
{
    char text[INET6_ADDRSTRLEN + 1];
    struct str head, rest = s;
    bool has_prefix = str_cut(&rest, '/', &head);
    uint64_t prefix = 0;
    unsigned bits = 128;

    if (head.n == 0 || head.n >= sizeof text || memchr(head.p, 0, head.n) != NULL) {
        return false;
    }
    memcpy(text, head.p, head.n);
    text[head.n] = '\0';
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, out->bytes + 12) == 1) {
        out->bytes[10] = out->bytes[11] = 0xff;
        bits = 32;
    } else if (inet_pton(AF_INET6, text, out->bytes) != 1) {
        return false;
    }
    if (has_prefix && (!str_to_u64(rest, &prefix) || prefix > bits)) {
        return false;
    }
    out->prefix = has_prefix ? (unsigned)prefix + 128 - bits : 128;
    return true;
}

static bool prefix_equal(const struct address *a, const struct address *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    unsigned mask = rest == 0 ? 0 : (0xffU << (8 - rest)) & 0xffU;

    return memcmp(a->bytes, b->bytes, whole) == 0 &&
           (rest == 0 || (a->bytes[whole] & mask) == (b->bytes[whole] & mask));
}

static bool contains(const struct address *block, const struct address *a)
{
    return a->prefix >= block->prefix && prefix_equal(a, block, block->prefix);
}

bool address_in(struct str a, struct str block)
{
    struct address x, y;

    return address_parse(a, &x) && address_parse(block, &y) && contains(&y, &x);
}

bool address_equal(struct str a, struct str b)
{
    struct address x, y;

    if (!address_parse(a, &x) || !address_parse(b, &y)) {
        return str_eq(a, b);
    }
    return x.prefix == y.prefix && prefix_equal(&x, &y, x.prefix);
}

bool address_is_private(struct str a)
{
    static const struct str blocks[] = {
        STR_LIT("10.0.0.0/8"),    STR_LIT("172.16.0.0/12"), STR_LIT("192.168.0.0/16"),
        STR_LIT("100.64.0.0/10"), STR_LIT("127.0.0.0/8"),   STR_LIT("169.254.0.0/16"),
        STR_LIT("fc00::/7"),      STR_LIT("fe80::/10"),     STR_LIT("::1"),
    };

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if (address_in(a, blocks[i])) {
            return true;
        }
    }
    return false;
}

bool address_host_count(struct str a, int64_t *count)
{
    struct address x;

    if (!address_parse(a, &x)) {
        return false;
    }
    unsigned bits = 128 - x.prefix;
    *count = bits >= 63 ? INT64_MAX : (int64_t)1 << bits;
    return true;
}
