/* A file, gzip or plain, comes to the same in every way of scanning it: with each vector level,
 * with and without the prefilter, read at once and in pieces. */
#include <stdint.h>

#include "fuzz/scan_ways.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_ready;
    const char *difference = NULL;

    if (!is_ready) {
        scan_ways_init();
        is_ready = true;
    }
    difference = scan_ways_differ((struct str){(const char *)data, size});
    if (difference != NULL) {
        fprintf(stderr, "%s\n", difference);
        abort();
    }
    return 0;
}
