#include "trail/bucket.h"

#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "trail/scan.h"

enum {
    CONNECTIONS_MAX = 64,
    KEYS_AHEAD = 5000,         /* that are listed and not fetched: more lists wait for them */
    BYTES_AHEAD = 64 << 20,    /* that are fetched and not closed */
    NAMES_SIZE_MAX = 64 << 20, /* of folders that are known by name */
};

/* What is to be listed: a prefix, or one more page of it. */
struct list_job {
    struct list_job *next;
    bool is_next_page, by_folder;
    size_t prefix_size, token_size;
    char text[]; /* the prefix, the token */
};

enum object_state { OBJECT_LISTED, OBJECT_FETCHING, OBJECT_READY, OBJECT_FAILED };

struct object {
    struct object *next;       /* to hand out */
    struct object *fetch_next; /* to fetch */
    enum object_state state;
    uint64_t size;
    struct aws_answer answer;
    struct err err;
    size_t at; /* read so far */
    size_t key_size;
    char key[];
};

struct bucket_source {
    struct s3_bucket *bucket;
    const struct layout_filter *filter;
    pthread_t threads[CONNECTIONS_MAX];
    unsigned thread_count;

    pthread_mutex_t lock; /* all below */
    pthread_cond_t changed;
    struct list_job *lists;                  /* the newest first */
    struct object *first, *last;             /* not handed out yet, in order */
    struct object *fetch_first, *fetch_last; /* only listed, handed out or not */
    unsigned listing;                        /* lists under way */
    uint64_t waiting;                        /* objects that are only listed */
    uint64_t held;                           /* bytes of objects being fetched or fetched */
    uint64_t list_count;
    struct err err; /* of a list */
    bool has_told;  /* the error was handed out */
    bool is_over;   /* nobody wants more */
};

/* ---- lists ---------------------------------------------------------------------------------- */

static struct list_job *list_job_new(struct str prefix, struct str token)
{
    struct list_job *job = mem_alloc(sizeof *job + prefix.n + token.n + 1);

    job->prefix_size = prefix.n;
    job->token_size = token.n;
    if (prefix.n > 0) {
        memcpy(job->text, prefix.p, prefix.n);
    }
    if (token.n > 0) {
        memcpy(job->text + prefix.n, token.p, token.n);
    }
    return job;
}

static struct str job_prefix(const struct list_job *job)
{
    return (struct str){job->text, job->prefix_size};
}

static struct str job_token(const struct list_job *job)
{
    return (struct str){job->text + job->prefix_size, job->token_size};
}

static void add_list(struct bucket_source *source, struct list_job *job)
{
    job->next = source->lists;
    source->lists = job;
}

static bool is_file_name(struct str key)
{
    static const struct str suffixes[] = {STR_LIT(".json"), STR_LIT(".jsonl"), STR_LIT(".ndjson"),
                                          STR_LIT(".gz")};

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (str_ends(key, suffixes[i])) {
            return true;
        }
    }
    return false;
}

static void add_object(struct bucket_source *source, const struct s3_object *listed)
{
    struct object *object = NULL;

    if (!is_file_name(listed->key) || !layout_is_wanted(source->filter, listed->key)) {
        return;
    }
    object = mem_alloc(sizeof *object + listed->key.n + 1);
    object->size = listed->size;
    object->key_size = listed->key.n;
    memcpy(object->key, listed->key.p, listed->key.n);
    if (source->last != NULL) {
        source->last->next = object;
    } else {
        source->first = object;
    }
    source->last = object;
    if (source->fetch_last != NULL) {
        source->fetch_last->fetch_next = object;
    } else {
        source->fetch_first = object;
    }
    source->fetch_last = object;
    source->waiting++;
}

static void add_page(struct bucket_source *source, const struct list_job *job,
                     const struct s3_page *page)
{
    if (page->next.n > 0) {
        struct list_job *next = list_job_new(job_prefix(job), page->next);
        next->is_next_page = true;
        next->by_folder = job->by_folder;
        add_list(source, next);
    }
    for (size_t i = page->prefix_count; i > 0; i--) {
        if (layout_is_wanted(source->filter, page->prefixes[i - 1])) {
            add_list(source, list_job_new(page->prefixes[i - 1], STR("")));
        }
    }
    for (size_t i = 0; i < page->object_count; i++) {
        add_object(source, &page->objects[i]);
    }
}

/* The folders that are known by name are lists of their own; the newest first, so backwards. */
static void add_names(struct bucket_source *source, struct str names)
{
    while (names.n > 0) {
        size_t at = names.n - 1;
        while (at > 0 && names.p[at - 1] != '\0') {
            at--;
        }
        add_list(source, list_job_new(str_sub(names, at, names.n - 1), STR("")));
        names.n = at;
    }
}

/* Locked; unlocks while it asks. */
static void run_list(struct bucket_source *source)
{
    struct list_job *job = source->lists;
    struct s3_page page = {0};
    struct buf names;
    struct err err = {0};
    bool ok = true, is_named = false;

    source->lists = job->next;
    source->listing++;
    (void)pthread_mutex_unlock(&source->lock);
    buf_init(&names, NAMES_SIZE_MAX);
    if (!job->is_next_page) {
        enum layout_listing how = layout_plan(source->filter, job_prefix(job), &names);
        is_named = how == LAYOUT_NAMED;
        job->by_folder = how == LAYOUT_FOLDERS;
    }
    if (!is_named) {
        ok = s3_list(source->bucket, job_prefix(job), job->by_folder ? '/' : '\0', job_token(job),
                     &page, &err);
    }
    (void)pthread_mutex_lock(&source->lock);
    source->listing--;
    source->list_count += is_named ? 0 : 1;
    if (is_named) {
        add_names(source, buf_text(&names));
    } else if (ok) {
        add_page(source, job, &page);
    } else if (source->err.kind == ERR_NONE) {
        source->err = err;
    }
    (void)pthread_cond_broadcast(&source->changed);
    s3_page_release(&page);
    buf_release(&names);
    mem_free(job);
}

/* ---- objects -------------------------------------------------------------------------------- */

static size_t size_max_of(struct str key)
{
    return str_ends(key, STR(".gz")) ? TRAIL_COMPRESSED_MAX : TRAIL_INFLATED_MAX;
}

/* Locked; unlocks while it fetches. */
static void run_fetch(struct bucket_source *source)
{
    struct object *object = source->fetch_first;
    struct str key = {object->key, object->key_size};
    size_t size_max = size_max_of(key);
    bool ok = false;

    source->fetch_first = object->fetch_next;
    source->fetch_last = source->fetch_first == NULL ? NULL : source->fetch_last;
    source->waiting--;
    source->held += object->size;
    object->state = OBJECT_FETCHING;
    (void)pthread_mutex_unlock(&source->lock);
    ok = object->size > size_max
             ? err_set(&object->err, ERR_INPUT, "larger than %zu MiB", size_max >> 20)
             : s3_get(source->bucket, key, size_max, &object->answer, &object->err);
    (void)pthread_mutex_lock(&source->lock);
    object->state = ok ? OBJECT_READY : OBJECT_FAILED;
    (void)pthread_cond_broadcast(&source->changed);
}

static void *work(void *shared)
{
    struct bucket_source *source = shared;

    (void)pthread_mutex_lock(&source->lock);
    while (!source->is_over) {
        const struct object *next = source->fetch_first;
        bool is_failed = source->err.kind != ERR_NONE;
        if (next != NULL && (source->held == 0 || source->held + next->size <= BYTES_AHEAD)) {
            run_fetch(source);
        } else if (source->lists != NULL && source->waiting < KEYS_AHEAD && !is_failed) {
            run_list(source);
        } else if (next == NULL && source->listing == 0 && (source->lists == NULL || is_failed)) {
            break;
        } else {
            (void)pthread_cond_wait(&source->changed, &source->lock);
        }
    }
    (void)pthread_cond_broadcast(&source->changed);
    (void)pthread_mutex_unlock(&source->lock);
    return NULL;
}

/* ---- the source ----------------------------------------------------------------------------- */

struct bucket_source *bucket_source_new(struct s3_bucket *bucket, struct str prefix,
                                        const struct layout_filter *filter, unsigned connections,
                                        struct err *err)
{
    struct bucket_source *source = mem_alloc(sizeof *source);

    source->bucket = bucket;
    source->filter = filter;
    (void)pthread_mutex_init(&source->lock, NULL);
    (void)pthread_cond_init(&source->changed, NULL);
    add_list(source, list_job_new(prefix, STR("")));
    connections = connections < CONNECTIONS_MAX ? connections : CONNECTIONS_MAX;
    while (source->thread_count < connections &&
           pthread_create(&source->threads[source->thread_count], NULL, work, source) == 0) {
        source->thread_count++;
    }
    if (source->thread_count == 0) {
        (void)err_set(err, ERR_REMOTE, "no thread to fetch with");
        bucket_source_free(source);
        return NULL;
    }
    return source;
}

static void object_free(struct object *object)
{
    aws_answer_release(&object->answer);
    mem_free(object);
}

void bucket_source_free(struct bucket_source *source)
{
    if (source == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&source->lock);
    source->is_over = true;
    (void)pthread_cond_broadcast(&source->changed);
    (void)pthread_mutex_unlock(&source->lock);
    for (unsigned i = 0; i < source->thread_count; i++) {
        (void)pthread_join(source->threads[i], NULL);
    }
    while (source->first != NULL) {
        struct object *next = source->first->next;
        object_free(source->first);
        source->first = next;
    }
    while (source->lists != NULL) {
        struct list_job *next = source->lists->next;
        mem_free(source->lists);
        source->lists = next;
    }
    (void)pthread_cond_destroy(&source->changed);
    (void)pthread_mutex_destroy(&source->lock);
    mem_free(source);
}

static bool is_listing(const struct bucket_source *source)
{
    return source->err.kind == ERR_NONE && (source->lists != NULL || source->listing > 0);
}

/* Waits where the next name is not known yet: no worker has anything to do then. */
static bool source_next(void *shared, struct trail_file *file)
{
    struct bucket_source *source = shared;
    struct object *object = NULL;
    bool has_failed = false;

    (void)pthread_mutex_lock(&source->lock);
    while (source->first == NULL && (is_listing(source) || source->listing > 0)) {
        (void)pthread_cond_wait(&source->changed, &source->lock);
    }
    object = source->first;
    if (object != NULL) {
        source->first = object->next;
        source->last = source->first == NULL ? NULL : source->last;
    } else if (source->err.kind != ERR_NONE && !source->has_told) {
        has_failed = source->has_told = true;
        file->err = source->err;
    }
    (void)pthread_mutex_unlock(&source->lock);
    if (object == NULL && !has_failed) {
        return false;
    }
    buf_printf(&file->name, "s3://%.*s", STR_ARG(source->bucket->name));
    if (object != NULL) {
        buf_printf(&file->name, "/%.*s", (int)object->key_size, object->key);
    }
    file->handle = object;
    return true;
}

static void release_object(struct bucket_source *source, struct object *object)
{
    (void)pthread_mutex_lock(&source->lock);
    source->held -= object->size;
    (void)pthread_cond_broadcast(&source->changed);
    (void)pthread_mutex_unlock(&source->lock);
    object_free(object);
}

static bool source_open(void *shared, struct trail_file *file, struct err *err)
{
    struct bucket_source *source = shared;
    struct object *object = file->handle;

    (void)pthread_mutex_lock(&source->lock);
    while (object->state == OBJECT_LISTED || object->state == OBJECT_FETCHING) {
        (void)pthread_cond_wait(&source->changed, &source->lock);
    }
    (void)pthread_mutex_unlock(&source->lock);
    if (object->state == OBJECT_FAILED) {
        *err = object->err;
        release_object(source, object);
        file->handle = NULL;
        return false;
    }
    file->size = object->answer.body.n;
    return true;
}

static bool source_read(void *shared, struct trail_file *file, void *to, size_t size, size_t *got,
                        struct err *err)
{
    struct object *object = file->handle;
    struct str rest = str_sub(buf_text(&object->answer.body), object->at, SIZE_MAX);

    (void)shared;
    (void)err;
    *got = rest.n < size ? rest.n : size;
    if (*got > 0) {
        memcpy(to, rest.p, *got);
    }
    object->at += *got;
    return true;
}

static void source_close(void *shared, struct trail_file *file)
{
    if (file->handle != NULL) {
        release_object(shared, file->handle);
        file->handle = NULL;
    }
}

struct trail_source bucket_source_of(struct bucket_source *source)
{
    return (struct trail_source){.next = source_next,
                                 .open = source_open,
                                 .read = source_read,
                                 .close = source_close,
                                 .shared = source};
}

struct str bucket_file_signature(const struct trail_file *file)
{
    const struct object *object = file->handle;

    return object == NULL ? STR("")
                          : aws_answer_header(&object->answer, STR("x-amz-meta-signature"));
}

uint64_t bucket_source_lists(const struct bucket_source *source)
{
    return source->list_count;
}
