#include "aws/s3.h"

#include <stdio.h>
#include <string.h>

#include "aws/sigv4.h"

enum { KEY_ENCODED_MAX = 3 * 1024 + 16, PAGE_ARENA_MAX = 64 << 20 };

void s3_bucket_init(struct s3_bucket *bucket, struct aws_session *session, struct str name)
{
    *bucket = (struct s3_bucket){.session = session, .name = name};
    (void)pthread_mutex_init(&bucket->lock, NULL);
}

void s3_bucket_release(struct s3_bucket *bucket)
{
    if (bucket->session != NULL) {
        (void)pthread_mutex_destroy(&bucket->lock);
    }
    *bucket = (struct s3_bucket){0};
}

static void region_get(struct s3_bucket *bucket, char region[AWS_REGION_MAX + 1])
{
    (void)pthread_mutex_lock(&bucket->lock);
    memcpy(region, bucket->region, sizeof bucket->region);
    (void)pthread_mutex_unlock(&bucket->lock);
}

/* Whether the failure told of another region than was asked. */
static bool region_learn(struct s3_bucket *bucket, const char *asked, const char *told)
{
    if (told[0] == '\0' || strcmp(asked, told) == 0) {
        return false;
    }
    (void)pthread_mutex_lock(&bucket->lock);
    (void)snprintf(bucket->region, sizeof bucket->region, "%s", told);
    (void)pthread_mutex_unlock(&bucket->lock);
    return true;
}

static bool send(struct s3_bucket *bucket, struct aws_call *call, struct aws_answer *answer,
                 struct err *err)
{
    char region[AWS_REGION_MAX + 1];
    bool ok = false, again = true;

    call->service = AWS_S3;
    call->method = "GET";
    call->bucket = bucket->name;
    for (unsigned tries = 0; tries < 2 && again; tries++) {
        struct aws_failure failure;
        struct err last = {0};
        region_get(bucket, region);
        call->region = str_from(region);
        ok = aws_send(bucket->session, call, answer, &failure, &last);
        again = !ok && tries == 0 && region_learn(bucket, region, failure.region);
        if (!ok && !again && err->kind == ERR_NONE) {
            *err = last;
        }
    }
    return ok;
}

/* ---- lists ---------------------------------------------------------------------------------- */

/* Keys come encoded as in a form, so that XML can hold any of them. */
static bool decode(struct arena *arena, struct str text, struct str *out)
{
    char *to = arena_alloc(arena, text.n + 1);
    size_t n = 0;

    if (to == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '%' && i + 2 < text.n && str_hex_digit(text.p[i + 1]) >= 0 &&
            str_hex_digit(text.p[i + 2]) >= 0) {
            c = (char)(str_hex_digit(text.p[i + 1]) << 4 | str_hex_digit(text.p[i + 2]));
            i += 2;
        } else if (c == '+') {
            c = ' ';
        }
        to[n++] = c;
    }
    *out = (struct str){to, n};
    return true;
}

static size_t count_named(const struct tree *result, struct str name)
{
    size_t count = 0;

    for (const struct tree *node = result->first; node != NULL; node = node->next) {
        count += str_eq(node->name, name);
    }
    return count;
}

static bool page_read(const struct tree *result, struct s3_page *page)
{
    bool is_encoded = str_eq(tree_text(result, "EncodingType"), STR("url"));
    size_t objects = count_named(result, STR("Contents"));
    size_t prefixes = count_named(result, STR("CommonPrefixes"));

    page->objects = arena_array(&page->arena, objects + 1, sizeof *page->objects);
    page->prefixes = arena_array(&page->arena, prefixes + 1, sizeof *page->prefixes);
    if (page->objects == NULL || page->prefixes == NULL) {
        return false;
    }
    for (const struct tree *node = result->first; node != NULL; node = node->next) {
        struct str *to = NULL, from;
        if (str_eq(node->name, STR("Contents"))) {
            struct s3_object *object = &page->objects[page->object_count++];
            if (!str_to_u64(tree_text(node, "Size"), &object->size)) {
                object->size = 0;
            }
            to = &object->key;
            from = tree_text(node, "Key");
        } else if (str_eq(node->name, STR("CommonPrefixes"))) {
            to = &page->prefixes[page->prefix_count++];
            from = tree_text(node, "Prefix");
        } else {
            continue;
        }
        if (!(is_encoded ? decode(&page->arena, from, to) : arena_str(&page->arena, from, to))) {
            return false;
        }
    }
    return !str_eq(tree_text(result, "IsTruncated"), STR("true")) ||
           arena_str(&page->arena, tree_text(result, "NextContinuationToken"), &page->next);
}

bool s3_list(struct s3_bucket *bucket, struct str prefix, char delimiter, struct str token,
             struct s3_page *page, struct err *err)
{
    struct aws_parameter parameters[5];
    struct aws_call call = {.operation = "ListObjectsV2", .parameters = parameters, .path = "/"};
    struct aws_answer answer = {0};
    bool ok = false;

    parameters[call.parameter_count++] = (struct aws_parameter){"list-type", STR("2")};
    parameters[call.parameter_count++] = (struct aws_parameter){"encoding-type", STR("url")};
    parameters[call.parameter_count++] = (struct aws_parameter){"prefix", prefix};
    if (delimiter != '\0') {
        parameters[call.parameter_count++] =
            (struct aws_parameter){"delimiter", (struct str){&delimiter, 1}};
    }
    if (token.n > 0) {
        parameters[call.parameter_count++] = (struct aws_parameter){"continuation-token", token};
    }
    *page = (struct s3_page){0};
    arena_init(&page->arena, PAGE_ARENA_MAX);
    if (!send(bucket, &call, &answer, err)) {
        goto cleanup;
    }
    ok = answer.tree != NULL && page_read(answer.tree, page);
    if (!ok) {
        (void)err_set(err, ERR_REMOTE, "s3 ListObjectsV2: an answer that cannot be read");
    }
cleanup:
    aws_answer_release(&answer);
    if (!ok) {
        s3_page_release(page);
    }
    return ok;
}

void s3_page_release(struct s3_page *page)
{
    arena_release(&page->arena);
    *page = (struct s3_page){0};
}

/* ---- objects -------------------------------------------------------------------------------- */

bool s3_get(struct s3_bucket *bucket, struct str key, size_t size_max, struct aws_answer *answer,
            struct err *err)
{
    struct aws_call call = {.operation = "GetObject", .answer_max = size_max, .is_raw = true};
    struct buf path;
    bool ok = false;

    buf_init(&path, KEY_ENCODED_MAX);
    buf_char(&path, '/');
    sigv4_encode(&path, key, '/');
    buf_char(&path, '\0');
    call.path = path.p;
    ok = path.overflowed ? err_set(err, ERR_REMOTE, "s3 GetObject: the key is too long")
                         : send(bucket, &call, answer, err);
    buf_release(&path);
    return ok;
}
