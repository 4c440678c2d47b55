/* The program and where it runs: version, processor, memory, terminal. */
#include "base/simd.h"
#include "cli/doctor.h"
#include "os/memory.h"
#include "os/system.h"

enum { STDOUT_FD = 1 };

/* An audit keeps below half of this, whatever it reads. */
#define MEMORY_WANTED (UINT64_C(128) << 20)

#ifdef __clang__
static const char compiler[] = __VERSION__;
#else
static const char compiler[] = "gcc " __VERSION__;
#endif

static void check_memory(struct doctor *doctor)
{
    uint64_t limit = memory_limit();

    if (limit == 0) {
        doctor_add(doctor, DOCTOR_OK, "memory", NULL, "no limit can be told");
    } else if (limit < MEMORY_WANTED) {
        doctor_add(doctor, DOCTOR_WARNING, "memory", "an audit may need 64 MiB: allow for more",
                   "%llu MiB at most", (unsigned long long)(limit >> 20));
    } else {
        doctor_add(doctor, DOCTOR_OK, "memory", NULL, "%llu MiB at most",
                   (unsigned long long)(limit >> 20));
    }
}

void doctor_program(struct doctor *doctor)
{
    struct str level = simd_level_name(simd_level_detect());
    unsigned cores = system_cpu_count();

    doctor_group(doctor, "program");
    doctor_add(doctor, DOCTOR_OK, "version", NULL, "keywarden %s, built by %s", KEYWARDEN_VERSION,
               compiler);
    doctor_add(doctor, DOCTOR_OK, "instructions", NULL, "%.*s", STR_ARG(level));
    doctor_add(doctor, DOCTOR_OK, "processors", NULL, "%u", cores);
    check_memory(doctor);
}

/* The first of these that is set decides how text is encoded. */
static void check_locale(struct doctor *doctor)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    static const char *const remedy = "results are UTF-8: export LC_ALL=C.UTF-8";

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct str value = system_env(names[i]), tail = value;
        if (value.n == 0) {
            continue;
        }
        while (tail.n > 0 && !str_eq_nocase(str_sub(tail, 0, 5), STR("UTF-8")) &&
               !str_eq_nocase(str_sub(tail, 0, 4), STR("UTF8"))) {
            tail = str_sub(tail, 1, tail.n);
        }
        doctor_add(doctor, tail.n > 0 ? DOCTOR_OK : DOCTOR_WARNING, "locale",
                   tail.n > 0 ? NULL : remedy, "%s=%.*s", names[i], STR_ARG(value));
        return;
    }
    doctor_add(doctor, DOCTOR_WARNING, "locale", remedy, "none is set");
}

void doctor_terminal(struct doctor *doctor)
{
    bool is_terminal = system_is_terminal(STDOUT_FD);
    struct str term = system_env("TERM");

    doctor_group(doctor, "terminal");
    doctor_add(doctor, DOCTOR_OK, "output", NULL,
               is_terminal ? "a terminal of %u columns" : "no terminal: written for %u columns",
               system_terminal_columns(STDOUT_FD));
    doctor_add(doctor, DOCTOR_OK, "colour", NULL, "%s",
               system_env("NO_COLOR").n > 0 ? "off: NO_COLOR is set"
               : term.n == 0                ? "off: TERM is not set"
               : str_eq(term, STR("dumb"))  ? "off: TERM is dumb"
               : is_terminal                ? "on"
                                            : "off: the output is no terminal");
    check_locale(doctor);
}
