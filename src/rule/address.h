/* address.h: IP addresses and CIDR blocks as rules compare them.
 *
 * Example:   if (address_in(STR("10.1.2.3"), STR("10.0.0.0/8"))) { ... } */
#ifndef RULE_ADDRESS_H
#define RULE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/str.h"

/* Both are addresses or blocks and every address of `a` is in `block`. */
bool address_in(struct str a, struct str block);
/* The same address or block, however written. Texts that are no addresses: equal bytes. */
bool address_equal(struct str a, struct str b);
/* The whole of it is in a private, loopback, link-local, shared or unique-local range (RFC 1918,
 * 4193, 6598, 3927, 4291). */
bool address_is_private(struct str a);
/* Addresses in the block, at most INT64_MAX; false when it is no address. */
MUST_USE bool address_host_count(struct str a, int64_t *count);

#endif
