/* header.h: a header of an HTTP request: a name and a value.
 *
 * Ownership: borrowed texts.
 *
 * Example:   const struct http_header headers[] = {{STR_LIT("accept"), STR_LIT("text/xml")}}; */
#ifndef NET_HEADER_H
#define NET_HEADER_H

#include "base/str.h"

struct http_header {
    struct str name;
    struct str value;
};

#endif
