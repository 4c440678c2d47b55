#include <stdlib.h>

#include "inventory/internal.h"
#include "inventory/whole.h"

/* Room for the trees of one call. An account at IAM's quotas (5,000 users, 1,000 roles, their
 * policies) takes less than half of it. */
enum { TREES_MAX = 192 << 20, DOCUMENT_MAX = 8 << 20, PART_MAX = 64 << 20 };

static int call_order(struct str action, struct str subject, struct str region,
                      struct str other_action, struct str other_subject, struct str other_region)
{
    int order = str_cmp(action, other_action);

    if (order == 0) {
        order = str_cmp(subject, other_subject);
    }
    return order != 0 ? order : str_cmp(region, other_region);
}

static int answer_compare(const void *a, const void *b)
{
    const struct answer *first = *(const struct answer *const *)a;
    const struct answer *second = *(const struct answer *const *)b;
    int order = call_order(first->action, first->subject, first->region, second->action,
                           second->subject, second->region);

    return order != 0 ? order : (first->page > second->page) - (first->page < second->page);
}

static bool is_same_call(const struct answer *a, const struct answer *b)
{
    return call_order(a->action, a->subject, a->region, b->action, b->subject, b->region) == 0;
}

/* The first page that says no says it for all; a page that is missing or comes twice is a failure
 * of its own. */
static void call_judge(struct call *call)
{
    for (size_t i = 0; i < call->page_count; i++) {
        const struct answer *page = call->pages[i];
        if (page->outcome != ANSWER_GIVEN) {
            call->outcome = page->outcome;
            call->code = page->code;
            return;
        }
        if (page->page != i) {
            call->outcome = ANSWER_FAILED;
            return;
        }
    }
}

bool reading_init(struct reading *reading, struct arena *arena, struct str account,
                  const struct answer *answers, size_t count)
{
    *reading = (struct reading){.arena = arena, .account = account};
    arena_init(&reading->trees, TREES_MAX);
    arena_init(&reading->documents, DOCUMENT_MAX);
    buf_init(&reading->text, PART_MAX);
    reading->sorted = mem_array(count, sizeof(struct answer *));
    reading->calls = mem_array(count, sizeof *reading->calls);
    for (size_t i = 0; i < count; i++) {
        reading->sorted[i] = &answers[i];
    }
    if (count > 0) {
        qsort(reading->sorted, count, sizeof(struct answer *), answer_compare);
    }
    for (size_t i = 0; i < count;) {
        const struct answer *first = reading->sorted[i];
        struct call *call = &reading->calls[reading->call_count++];
        *call = (struct call){.action = first->action,
                              .subject = first->subject,
                              .region = first->region,
                              .pages = &reading->sorted[i]};
        while (i < count && is_same_call(first, reading->sorted[i])) {
            call->page_count++;
            i++;
        }
        call_judge(call);
    }
    return arena_str(arena, account, &reading->account);
}

void reading_release(struct reading *reading)
{
    arena_release(&reading->trees);
    arena_release(&reading->documents);
    buf_release(&reading->text);
    mem_free(reading->sorted);
    mem_free(reading->calls);
    mem_free(reading->parts);
    mem_free(reading->users.items);
    *reading = (struct reading){0};
}

/* ---- finding calls ---- */

/* The first call that is not before the one asked for. */
static size_t call_bound(const struct reading *reading, struct str action, struct str subject,
                         struct str region)
{
    size_t from = 0, to = reading->call_count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct call *call = &reading->calls[middle];
        if (call_order(call->action, call->subject, call->region, action, subject, region) < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return from;
}

static struct call *call_find(struct reading *reading, struct str action, struct str subject,
                              struct str region)
{
    size_t at = call_bound(reading, action, subject, region);
    struct call *call = at < reading->call_count ? &reading->calls[at] : NULL;

    return call != NULL && call_order(call->action, call->subject, call->region, action, subject,
                                      region) == 0
               ? call
               : NULL;
}

struct call *calls_of(struct reading *reading, struct str action, size_t *count)
{
    size_t from = call_bound(reading, action, (struct str){0}, (struct str){0});
    size_t to = from;

    while (to < reading->call_count && str_eq(reading->calls[to].action, action)) {
        to++;
    }
    *count = to - from;
    return &reading->calls[from];
}

void call_refuse(struct reading *reading, struct str action, struct str subject, struct str region)
{
    struct call *call = call_find(reading, action, subject, region);

    if (call != NULL) {
        call->outcome = ANSWER_FAILED;
        call->code = (struct str){0};
    }
}

/* ---- what a page says ---- */

/* iam:ListUsers is answered by ListUsersResponse with a ListUsersResult inside; EC2 has no such
 * inside, S3 has the result alone. A page of HTML is none of these. */
static const struct tree *xml_result(const struct tree *root, struct str operation)
{
    struct str suffix;

    if (!str_starts(root->name, operation)) {
        return NULL;
    }
    suffix = str_sub(root->name, operation.n, root->name.n);
    if (str_eq(suffix, STR("Result"))) {
        return root;
    }
    if (!str_eq(suffix, STR("Response"))) {
        return NULL;
    }
    for (const struct tree *node = root->first; node != NULL; node = node->next) {
        if (str_starts(node->name, operation) &&
            str_eq(str_sub(node->name, operation.n, node->name.n), STR("Result"))) {
            return node;
        }
    }
    return root;
}

static bool speaks_xml(struct str service)
{
    static const char *const services[] = {"cloudwatch", "ec2", "iam", "rds", "s3", "sns", "sts"};

    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        if (str_eq(service, str_from(services[i]))) {
            return true;
        }
    }
    return false;
}

static const struct tree *page_result(struct reading *reading, const struct answer *page)
{
    struct str operation = page->action, service;
    const struct tree *root = NULL;
    struct str body = str_trim(page->body);
    struct err err = {0};

    (void)str_cut(&operation, ':', &service);
    if (speaks_xml(service)) {
        return tree_read_xml(&reading->trees, body, &root, &err) ? xml_result(root, operation)
                                                                 : NULL;
    }
    return str_starts(body, STR("{")) && tree_read_json(&reading->trees, body, &root, &err) ? root
                                                                                            : NULL;
}

enum told call_open(struct reading *reading, struct str action, struct str subject,
                    struct str region, const char *must, struct pages *pages)
{
    struct call *call = call_find(reading, action, subject, region);

    *pages = (struct pages){0};
    if (call == NULL || call->outcome == ANSWER_DENIED || call->outcome == ANSWER_FAILED) {
        return TOLD_NOTHING;
    }
    if (call->outcome == ANSWER_ABSENT) {
        return TOLD_ABSENT;
    }
    if (must == NULL) {
        return TOLD_ALL;
    }
    arena_reset(&reading->trees);
    pages->results = arena_array(&reading->trees, call->page_count, sizeof(struct tree *));
    for (size_t i = 0; pages->results != NULL && i < call->page_count; i++) {
        const struct tree *result = page_result(reading, call->pages[i]);
        if (result == NULL || !result_tells(result, must) ||
            result_goes_on(result) != (i + 1 < call->page_count)) {
            break;
        }
        pages->results[pages->count++] = result;
    }
    if (pages->count < call->page_count) {
        *pages = (struct pages){0};
        call->outcome = ANSWER_FAILED;
        return TOLD_NOTHING;
    }
    return TOLD_ALL;
}

bool pages_have_items(const struct pages *pages, const char *list)
{
    for (size_t i = 0; i < pages->count; i++) {
        if (tree_first(pages->results[i], list) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- gaps ---- */

bool gaps_write(const struct reading *reading, struct inventory_gap **gaps, size_t *gap_count)
{
    struct inventory_gap *out = NULL;
    size_t count = 0;

    for (size_t i = 0; i < reading->call_count; i++) {
        count += reading->calls[i].outcome == ANSWER_DENIED ||
                 reading->calls[i].outcome == ANSWER_FAILED;
    }
    out = arena_array(reading->arena, count, sizeof *out);
    if (out == NULL) {
        return false;
    }
    count = 0;
    for (size_t i = 0; i < reading->call_count; i++) {
        const struct call *call = &reading->calls[i];
        if (call->outcome != ANSWER_DENIED && call->outcome != ANSWER_FAILED) {
            continue;
        }
        struct inventory_gap *gap = &out[count++];
        gap->outcome = call->outcome;
        if (!arena_str(reading->arena, call->action, &gap->action) ||
            !arena_str(reading->arena, call->subject, &gap->subject) ||
            !arena_str(reading->arena, call->region, &gap->region) ||
            !arena_str(reading->arena, call->code, &gap->code)) {
            return false;
        }
    }
    *gaps = out;
    *gap_count = count;
    return true;
}
