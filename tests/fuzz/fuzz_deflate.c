/* zlib and our decoder say the same of any bytes, and what zlib deflated comes back. The first
 * three bytes say how. */
#include <stdio.h>

#include "fuzz/deflate_ways.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *difference = NULL;
    unsigned char *packed = NULL;
    unsigned how = 0;

    if (size < 3) {
        return 0;
    }
    how = (unsigned)data[1] << 8 | data[2];
    if (data[0] % 4 == 0) {
        size_t packed_size = 0;
        packed = deflate_way_pack(data + 3, size - 3, how, &packed_size);
        difference = deflate_ways_differ(packed, packed_size, 1 + how, 1 + how / 5);
        mem_free(packed);
    } else {
        difference = deflate_ways_differ(data + 3, size - 3, 1 + how % 1000, 1 + how / 5);
    }
    if (difference != NULL) {
        fprintf(stderr, "zlib and we differ in %s\n", difference);
        abort();
    }
    return 0;
}
