#define PCRE2_CODE_UNIT_WIDTH 8
#include "rule/pattern.h"

#include <string.h>

#include <pcre2.h>

#include "rule/text_match.h"

/* Enough for every published rule on a filter pattern of the longest size, 500 times over; little
 * enough that a hostile expression costs a second at most. PCRE2 counts steps anew for each start
 * of a match, and one step may scan all that is left of the subject: so a longer subject gets fewer
 * steps, and one that is too long none. */
enum {
    WORK_MAX = 1000000000, /* starts times steps times bytes scanned */
    MATCH_LIMIT = 200000,
    DEPTH_LIMIT = 2000,
    HEAP_LIMIT_KIB = 4096,
    SUBJECT_SIZE_MAX = 4096,
    MATCH_PAIRS = 1,
};

struct pattern {
    pcre2_code *code;
    struct str needed;
};

struct pattern_scratch {
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static void *arena_malloc(PCRE2_SIZE size, void *arena)
{
    return arena_alloc(arena, size);
}

/* The arena frees everything at once. */
static void arena_no_free(void *p, void *arena)
{
    (void)p;
    (void)arena;
}

static uint32_t options_of(unsigned flags)
{
    return PCRE2_NEVER_BACKSLASH_C | ((flags & PATTERN_CASELESS) != 0 ? PCRE2_CASELESS : 0) |
           ((flags & PATTERN_MULTILINE) != 0 ? PCRE2_MULTILINE : 0) |
           ((flags & PATTERN_DOT_ALL) != 0 ? PCRE2_DOTALL : 0) |
           ((flags & PATTERN_UTF) != 0 ? PCRE2_UTF : 0);
}

/* ---- what is needed ------------------------------------------------------------------------- */

/* A character that stands for itself at `at`: its length there, or 0. */
static size_t plain_char(struct str text, size_t at, unsigned flags)
{
    unsigned char c = (unsigned char)text.p[at];
    unsigned char folded = c | 0x20;

    if (c == '\\') {
        return 2; /* only punctuation comes this far */
    }
    if (strchr(".^$*+?", (char)c) != NULL || c < 0x20) {
        return 0;
    }
    if ((flags & PATTERN_CASELESS) != 0 &&
        (c >= 0x80 || ((flags & PATTERN_UTF) != 0 && (folded == 'k' || folded == 's')))) {
        return 0; /* has another case beyond ASCII */
    }
    return 1;
}

/* Groups, choices, classes, counts and escapes with a meaning: nothing is said about those. */
static bool is_simple(struct str text)
{
    for (size_t at = 0; at < text.n; at++) {
        char c = text.p[at];
        if (c == '\0' || strchr("|()[]{}#", c) != NULL) {
            return false;
        }
        if (c == '\\') {
            at++;
            if (at == text.n || strchr("-./:_ ,;@=\"'", text.p[at]) == NULL || text.p[at] == '\0') {
                return false;
            }
        }
    }
    return true;
}

/* The longest run of characters that each stand for themselves and may not be missing. */
static bool find_needed(struct arena *arena, struct str text, unsigned flags, struct str *needed)
{
    char *run = arena_alloc(arena, text.n), *best = arena_alloc(arena, text.n);
    size_t run_n = 0, best_n = 0, length = 1;

    *needed = (struct str){0};
    if (run == NULL || best == NULL || !is_simple(text)) {
        return run != NULL && best != NULL;
    }
    for (size_t at = 0; at <= text.n; at += length) {
        size_t plain = at < text.n ? plain_char(text, at, flags) : 0;
        char behind = at + plain < text.n ? text.p[at + plain] : '\0';
        length = plain > 0 ? plain : 1;
        if (plain > 0 && behind != '*' && behind != '?') {
            char c = text.p[at + plain - 1];
            run[run_n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
            if (behind != '+') {
                continue;
            }
        }
        if (run_n > best_n) {
            memcpy(best, run, run_n);
            best_n = run_n;
        }
        run_n = 0;
    }
    *needed = (struct str){best, best_n};
    return true;
}

struct str pattern_needed(const struct pattern *pattern)
{
    return pattern->needed;
}

/* ---- compiling and searching ---------------------------------------------------------------- */

bool pattern_compile(struct arena *arena, struct str text, unsigned flags,
                     const struct pattern **out, struct err *err)
{
    struct pattern *pattern = arena_alloc(arena, sizeof *pattern);
    pcre2_general_context *memory =
        pcre2_general_context_create(arena_malloc, arena_no_free, arena);
    pcre2_compile_context *compile = memory == NULL ? NULL : pcre2_compile_context_create(memory);
    int code = 0;
    PCRE2_SIZE offset = 0;

    if (pattern == NULL || compile == NULL || !find_needed(arena, text, flags, &pattern->needed)) {
        return err_set(err, ERR_INPUT, "the rule is too large");
    }
    (void)pcre2_set_max_pattern_length(compile, 1 << 15);
    (void)pcre2_set_parens_nest_limit(compile, 100);
    pattern->code =
        pcre2_compile((PCRE2_SPTR)text.p, text.n, options_of(flags), &code, &offset, compile);
    if (pattern->code == NULL) {
        PCRE2_UCHAR message[128] = "";
        (void)pcre2_get_error_message(code, message, sizeof message);
        return err_set(err, ERR_INPUT, "this is no regular expression: %s at character %zu",
                       (const char *)message, offset + 1);
    }
    *out = pattern;
    return true;
}

struct pattern_scratch *pattern_scratch_new(void)
{
    struct pattern_scratch *scratch = mem_alloc(sizeof *scratch);

    scratch->data = pcre2_match_data_create(MATCH_PAIRS, NULL);
    scratch->limits = pcre2_match_context_create(NULL);
    if (scratch->limits != NULL) {
        (void)pcre2_set_depth_limit(scratch->limits, DEPTH_LIMIT);
        (void)pcre2_set_heap_limit(scratch->limits, HEAP_LIMIT_KIB);
    }
    return scratch;
}

void pattern_scratch_free(struct pattern_scratch *scratch)
{
    if (scratch != NULL) {
        pcre2_match_data_free(scratch->data);
        pcre2_match_context_free(scratch->limits);
        mem_free(scratch);
    }
}

bool pattern_search(const struct pattern *pattern, struct str subject,
                    struct pattern_scratch *scratch, bool *found)
{
    int result = 0;

    if (pattern->needed.n > 0 && !text_contains(subject, pattern->needed, false)) {
        *found = false;
        return true;
    }
    if (scratch->data == NULL || scratch->limits == NULL || subject.n > SUBJECT_SIZE_MAX) {
        return false;
    }
    size_t limit = WORK_MAX / ((subject.n + 1) * (subject.n + 1));
    (void)pcre2_set_match_limit(scratch->limits,
                                limit < MATCH_LIMIT ? (uint32_t)limit : MATCH_LIMIT);
    result = pcre2_match(pattern->code, (PCRE2_SPTR)(subject.p == NULL ? "" : subject.p), subject.n,
                         0, 0, scratch->data, scratch->limits);
    if (result < 0 && result != PCRE2_ERROR_NOMATCH) {
        return false;
    }
    *found = result >= 0;
    return true;
}
