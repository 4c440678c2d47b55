/* memory.h: how much memory this process may come to use.
 *
 * Threads: any.
 *
 * Example:   uint64_t bytes = memory_limit(); */
#ifndef OS_MEMORY_H
#define OS_MEMORY_H

#include <stdint.h>

/* The least of what the machine has, the limit on the process and those of its control groups; 0
 * when none of them can be told. */
uint64_t memory_limit(void);

#endif
