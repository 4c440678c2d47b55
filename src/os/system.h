/* system.h: what the machine tells: the time, randomness, processors, the terminal, environment.
 *
 * Threads: all functions may be called from any thread.
 *
 * Example:   int64_t now = system_now(); */
#ifndef OS_SYSTEM_H
#define OS_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Seconds since 1970 by the real-time clock. */
int64_t system_now(void);
/* Nanoseconds of a clock that never goes back. */
uint64_t system_monotonic_ns(void);
/* 64 unpredictable bits from the kernel. */
uint64_t system_random_u64(void);
/* Processors this process may run on, at least 1. */
unsigned system_cpu_count(void);
/* Whether the descriptor is a terminal that understands escape sequences (TERM is set and not
 * "dumb"). */
bool system_is_terminal(int fd);
/* Columns of that terminal; 100 when it does not say. */
unsigned system_terminal_columns(int fd);
/* From here on no core dump of this process is written, and no other process of the user may look
 * into its memory: for commands that hold secrets, before they hold any. */
void system_forbid_dumps(void);
/* The variable's value, empty when unset or empty. Valid for the life of the process. */
struct str system_env(const char *name);
/* From here on the variable is not there, for libraries in this process and for its children. Not
 * while other threads may look at the environment. */
void system_env_forget(const char *name);

#endif
