/* Finds detections, and rules, that no CloudTrail record can ever match, and says why.
 *
 * It reasons from what is known of every record: which members it may have at all, which of them
 * hold one value, and which hold ARNs. What depends on how a service is used is never judged. */
#include "rule/sigma_parts.h"

#include <limits.h>
#include <stdio.h>

enum outcome { OUTCOME_MAYBE, OUTCOME_NEVER, OUTCOME_ALWAYS };

enum { NOTES_MAX = 64, CONJUNCTS_MAX = 64, REASON_SIZE_MAX = 400 };

struct linter {
    struct sigma_reader *reader;
    struct sigma_note notes[NOTES_MAX];
    size_t note_count;
    char reason[REASON_SIZE_MAX];
    size_t reason_size;
};

/* Every member that records have at their top, of all versions of the format. */
static const struct str top_fields[] = {
    STR_LIT("additionalEventData"),
    STR_LIT("addendum"),
    STR_LIT("annotation"),
    STR_LIT("apiVersion"),
    STR_LIT("awsRegion"),
    STR_LIT("edgeDeviceDetails"),
    STR_LIT("errorCode"),
    STR_LIT("errorMessage"),
    STR_LIT("eventCategory"),
    STR_LIT("eventContext"),
    STR_LIT("eventID"),
    STR_LIT("eventName"),
    STR_LIT("eventSource"),
    STR_LIT("eventTime"),
    STR_LIT("eventType"),
    STR_LIT("eventVersion"),
    STR_LIT("insightDetails"),
    STR_LIT("managementEvent"),
    STR_LIT("metadata"),
    STR_LIT("readOnly"),
    STR_LIT("recipientAccountId"),
    STR_LIT("requestID"),
    STR_LIT("requestParameters"),
    STR_LIT("resources"),
    STR_LIT("responseElements"),
    STR_LIT("serviceEventDetails"),
    STR_LIT("sessionCredentialFromConsole"),
    STR_LIT("sharedEventID"),
    STR_LIT("sourceIPAddress"),
    STR_LIT("tlsDetails"),
    STR_LIT("userAgent"),
    STR_LIT("userIdentity"),
    STR_LIT("vpcEndpointAccountId"),
    STR_LIT("vpcEndpointId"),
};
enum { TOP_COUNT = sizeof top_fields / sizeof top_fields[0] };

/* Those of them that may hold lists somewhere; all others hold one value at each path. */
static const struct str open_fields[] = {
    STR_LIT("additionalEventData"),
    STR_LIT("addendum"),
    STR_LIT("annotation"),
    STR_LIT("edgeDeviceDetails"),
    STR_LIT("eventContext"),
    STR_LIT("insightDetails"),
    STR_LIT("metadata"),
    STR_LIT("requestParameters"),
    STR_LIT("resources"),
    STR_LIT("responseElements"),
    STR_LIT("serviceEventDetails"),
};

static bool is_listed(const struct str *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(list[i], name)) {
            return true;
        }
    }
    return false;
}

static bool is_top(struct str name)
{
    return is_listed(top_fields, TOP_COUNT, name);
}

static bool is_single(const struct event_path *path)
{
    return path->step_count > 0 &&
           !is_listed(open_fields, sizeof open_fields / sizeof open_fields[0], path->steps[0].name);
}

PRINTF(2, 3)
static enum outcome never(struct linter *linter, const char *format, ...)
{
    va_list args;
    int size = 0;

    va_start(args, format);
    size = vsnprintf(linter->reason, sizeof linter->reason, format, args);
    va_end(args);
    linter->reason_size = size < 0                               ? 0
                          : (size_t)size < sizeof linter->reason ? (size_t)size
                                                                 : sizeof linter->reason - 1;
    return OUTCOME_NEVER;
}

/* ---- predicates ----------------------------------------------------------------------------- */

enum shape { SHAPE_OTHER, SHAPE_ARN, SHAPE_TIME };

static enum shape shape_of(const struct event_path *path)
{
    static const struct str arns[] = {STR_LIT("arn"), STR_LIT("ARN"), STR_LIT("userArn")};
    static const struct str times[] = {STR_LIT("eventTime"), STR_LIT("creationDate")};
    struct str last = path->steps[path->step_count - 1].name;

    return is_listed(arns, 3, last)    ? SHAPE_ARN
           : is_listed(times, 2, last) ? SHAPE_TIME
                                       : SHAPE_OTHER;
}

/* Of what can be told from a name alone: these hold no colon, which ARNs and times do. */
static bool is_short_name(const struct event_path *path)
{
    static const struct str names[] = {
        STR_LIT("accessKeyId"), STR_LIT("accountId"),          STR_LIT("awsRegion"),
        STR_LIT("eventName"),   STR_LIT("eventSource"),        STR_LIT("groupName"),
        STR_LIT("policyName"),  STR_LIT("recipientAccountId"), STR_LIT("roleName"),
        STR_LIT("type"),        STR_LIT("userName"),
    };

    return is_listed(names, sizeof names / sizeof names[0], path->steps[path->step_count - 1].name);
}

static bool names_field(struct str text)
{
    struct str head, rest = text;

    if (!str_cut(&rest, '.', &head) || !is_top(head) || rest.n == 0) {
        return false;
    }
    for (size_t i = 0; i < rest.n; i++) {
        char c = rest.p[i];
        bool fits = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                    c == '.' || c == '_' || c == '-';
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool text_names_field(const struct text_match *text, struct buf *as_text)
{
    static const char stars[] = "*";
    struct str shown;

    buf_clear(as_text);
    text_match_write(as_text, text);
    shown = buf_text(as_text);
    while (shown.n > 0 && shown.p[0] == stars[0]) {
        shown = str_sub(shown, 1, shown.n);
    }
    while (shown.n > 0 && shown.p[shown.n - 1] == stars[0]) {
        shown = str_sub(shown, 0, shown.n - 1);
    }
    for (size_t i = 0; i < TOP_COUNT; i++) {
        /* Compiled texts are folded; names of fields are not. */
        struct str field = top_fields[i];
        if (shown.n > field.n && shown.p[field.n] == '.' &&
            str_eq_nocase(str_sub(shown, 0, field.n), field)) {
            struct buf whole;
            bool names = false;
            buf_init(&whole, SIGMA_TEXT_MAX * 2);
            buf_str(&whole, field);
            buf_str(&whole, str_sub(shown, field.n, shown.n));
            names = names_field(buf_text(&whole));
            buf_release(&whole);
            return names;
        }
    }
    return false;
}

static enum outcome text_outcome(struct linter *linter, const struct event_match *match)
{
    struct buf text;
    size_t named = 0;

    buf_init(&text, SIGMA_TEXT_MAX * 2);
    for (uint32_t i = 0; i < match->text_count; i++) {
        named += text_names_field(&match->texts[i], &text);
    }
    buf_release(&text);
    return named > 0 && named == match->text_count
               ? never(linter,
                       "%.*s is compared with the name of a field, which is a text here; "
                       "'fieldref' compares with what the field holds",
                       STR_ARG(match->path.text))
               : OUTCOME_MAYBE;
}

static enum outcome field_outcome(struct linter *linter, const struct event_match *match)
{
    enum shape a = shape_of(&match->path), b = shape_of(&match->other);
    bool is_equality = !match->is_begin && !match->is_end;

    if (!is_top(match->other.steps[0].name)) {
        return never(linter, "no CloudTrail record has a field '%.*s'",
                     STR_ARG(match->other.steps[0].name));
    }
    if (is_equality && a != b &&
        ((a != SHAPE_OTHER && (b != SHAPE_OTHER || is_short_name(&match->other))) ||
         (b != SHAPE_OTHER && is_short_name(&match->path)))) {
        const char *kind = a == SHAPE_ARN || b == SHAPE_ARN ? "an ARN" : "a time";
        bool is_left = a == SHAPE_ARN || (a == SHAPE_TIME && b != SHAPE_ARN);
        return never(linter,
                     "%.*s holds %s and %.*s does not, so they are never equal; 'endswith' behind "
                     "'fieldref' compares the end",
                     STR_ARG(is_left ? match->path.text : match->other.text), kind,
                     STR_ARG(is_left ? match->other.text : match->path.text));
    }
    return OUTCOME_MAYBE;
}

static enum outcome unknown_field(struct linter *linter, const struct event_match *match)
{
    struct str name = match->path.steps[0].name, near = {0};
    unsigned best = UINT_MAX;

    if (match->op == MATCH_NULL) {
        return OUTCOME_ALWAYS;
    }
    for (size_t i = 0; i < TOP_COUNT; i++) {
        if (str_is_near(name, top_fields[i], &best)) {
            near = top_fields[i];
        }
    }
    return near.n > 0 ? never(linter, "no CloudTrail record has a field '%.*s'; '%.*s' is one",
                              STR_ARG(name), STR_ARG(near))
                      : never(linter, "no CloudTrail record has a field '%.*s'", STR_ARG(name));
}

static enum outcome match_outcome(struct linter *linter, const struct event_match *match)
{
    if (match->path.step_count == 0) {
        return OUTCOME_MAYBE;
    }
    if (!is_top(match->path.steps[0].name)) {
        return unknown_field(linter, match);
    }
    if (match->op == MATCH_TEXT) {
        return text_outcome(linter, match);
    }
    return match->op == MATCH_FIELD ? field_outcome(linter, match) : OUTCOME_MAYBE;
}

/* ---- contradictions ------------------------------------------------------------------------- */

struct conjuncts {
    const struct event_match *matches[CONJUNCTS_MAX];
    size_t count;
};

static void collect(struct conjuncts *conjuncts, const struct node *node)
{
    if (node->kind == NODE_AND) {
        collect(conjuncts, node->a);
        collect(conjuncts, node->b);
    } else if (node->kind == NODE_MATCH && is_single(&node->match->path) &&
               conjuncts->count < CONJUNCTS_MAX) {
        conjuncts->matches[conjuncts->count++] = node->match;
    }
}

static bool matches_any(const struct event_match *match, struct str text)
{
    for (uint32_t i = 0; i < match->text_count; i++) {
        if (text_matches(&match->texts[i], text)) {
            return true;
        }
    }
    return false;
}

/* `a` lists whole values, none of which `b` takes. */
static bool excludes(const struct event_match *a, const struct event_match *b)
{
    if (a->op != MATCH_TEXT || (b->op != MATCH_TEXT && b->op != MATCH_NULL)) {
        return false;
    }
    for (uint32_t i = 0; b->op == MATCH_TEXT && i < a->text_count; i++) {
        /* A folded value may be any of its spellings to a text that minds the case. */
        if (a->texts[i].shape != TEXT_IS || matches_any(b, a->texts[i].literal)) {
            return false;
        }
        for (uint32_t j = 0; j < b->text_count; j++) {
            if (b->texts[j].is_cased && !a->texts[i].is_cased) {
                return false;
            }
        }
    }
    return true;
}

static enum outcome contradiction(struct linter *linter, const struct node *node)
{
    struct conjuncts conjuncts = {.count = 0};

    collect(&conjuncts, node);
    for (size_t i = 0; i < conjuncts.count; i++) {
        for (size_t j = 0; j < conjuncts.count; j++) {
            const struct event_match *a = conjuncts.matches[i], *b = conjuncts.matches[j];
            if (i != j && str_eq(a->path.text, b->path.text) && excludes(a, b)) {
                return never(linter, "it asks %.*s for two values at once", STR_ARG(a->path.text));
            }
        }
    }
    return OUTCOME_MAYBE;
}

static enum outcome outcome_of(struct linter *linter, const struct node *node);

/* The right side first: the reason that is kept is the left side's, if both are never so. */
static enum outcome pair_outcome(struct linter *linter, const struct node *node)
{
    enum outcome b = outcome_of(linter, node->b), a = OUTCOME_MAYBE;

    if (node->kind == NODE_AND && b == OUTCOME_NEVER) {
        return b;
    }
    a = outcome_of(linter, node->a);
    if (node->kind == NODE_AND) {
        return a == OUTCOME_NEVER                           ? a
               : a == OUTCOME_ALWAYS && b == OUTCOME_ALWAYS ? a
                                                            : contradiction(linter, node);
    }
    return a == OUTCOME_ALWAYS || b == OUTCOME_ALWAYS ? OUTCOME_ALWAYS
           : a == OUTCOME_NEVER && b == OUTCOME_NEVER ? a
                                                      : OUTCOME_MAYBE;
}

/* As deep as the condition and its lists make it. */
static enum outcome outcome_of(struct linter *linter, const struct node *node)
{
    enum outcome a = OUTCOME_MAYBE;

    if (node->kind == NODE_MATCH) {
        return match_outcome(linter, node->match);
    }
    if (node->kind == NODE_AND || node->kind == NODE_OR) {
        return pair_outcome(linter, node);
    }
    if (node->kind != NODE_NOT) {
        return OUTCOME_MAYBE;
    }
    a = outcome_of(linter, node->a);
    return a == OUTCOME_ALWAYS  ? never(linter, "what it excludes is always so")
           : a == OUTCOME_NEVER ? OUTCOME_ALWAYS
                                : a;
}

/* ---- notes ---------------------------------------------------------------------------------- */

static bool note_add(struct linter *linter, struct str part, struct str text,
                     const struct yaml_node *at, bool is_unused)
{
    struct sigma_note *note = &linter->notes[linter->note_count];

    if (linter->note_count == NOTES_MAX) {
        return true;
    }
    *note =
        (struct sigma_note){.part = part, .is_unused = is_unused, .line = at->line, .col = at->col};
    linter->note_count++;
    return arena_str(linter->reader->arena, text, &note->text);
}

/* The largest parts that never match, where the whole may. */
static bool note_parts(struct linter *linter, const struct sigma_detection *detection,
                       const struct node *node)
{
    if (outcome_of(linter, node) == OUTCOME_NEVER) {
        return note_add(linter, detection->yaml->key->text,
                        (struct str){linter->reason, linter->reason_size}, detection->yaml->key,
                        false);
    }
    return node->kind != NODE_OR ||
           (note_parts(linter, detection, node->a) && note_parts(linter, detection, node->b));
}

bool sigma_lint(struct sigma_reader *reader, const struct yaml_node *document,
                struct sigma_rule *rule)
{
    struct linter *linter = mem_alloc(sizeof *linter);
    struct sigma_note *notes = NULL;
    bool ok = true;

    linter->reader = reader;
    if (outcome_of(linter, rule->program.have) == OUTCOME_NEVER) {
        rule->never_matches = true;
        ok = note_add(linter, (struct str){0}, (struct str){linter->reason, linter->reason_size},
                      document, false);
    }
    for (size_t i = 0; ok && i < reader->detection_count; i++) {
        const struct sigma_detection *detection = &reader->detections[i];
        ok = note_parts(linter, detection, detection->node) &&
             (detection->is_used ||
              note_add(linter, detection->yaml->key->text, STR("the condition does not name it"),
                       detection->yaml->key, true));
    }
    notes = arena_array(reader->arena, linter->note_count, sizeof *notes);
    for (size_t i = 0; notes != NULL && i < linter->note_count; i++) {
        notes[i] = linter->notes[i];
    }
    rule->notes = notes;
    rule->note_count = linter->note_count;
    mem_free(linter);
    return (ok && notes != NULL) || err_set(reader->err, ERR_INPUT, "these rules are too large");
}
