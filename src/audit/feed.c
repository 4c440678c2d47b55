#include "audit/feed.h"

#include <string.h>

#include "codec/csv.h"
#include "os/system.h"

/* Small reports are taken together until they are worth a hand-over. */
enum { BUNDLE_SIZE = 64 * 1024, PATHS_SIZE_MAX = 1 << 20 };

static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".csv.gz"), STR_LIT(".json")};

/* ---- files ---------------------------------------------------------------------------------- */

void shared_header_drop(struct shared_header *header)
{
    if (header != NULL && atomic_fetch_sub(&header->references, 1) == 1) {
        report_header_release(&header->header);
        mem_free(header);
    }
}

/* Most reports of a fleet have the same header: the last one is kept and shared. */
static struct shared_header *header_share(struct shared_header **last, struct str line)
{
    if (*last == NULL || !str_eq((*last)->header.line, line)) {
        struct shared_header *header = mem_alloc(sizeof *header);
        struct err err = {0};
        /* It was read once already, so it reads again. */
        (void)report_header_read(&header->header, line, &err);
        shared_header_drop(*last);
        atomic_init(&header->references, 1);
        *last = header;
    }
    atomic_fetch_add(&(*last)->references, 1);
    return *last;
}

struct report_file *report_file_new(const struct audit_config *config,
                                    const struct report_reader *reader, struct str path,
                                    struct shared_header **header)
{
    struct report_file *file = mem_alloc(sizeof *file);

    file->path_text = mem_alloc(path.n + 1);
    if (path.p != NULL) {
        memcpy(file->path_text, path.p, path.n);
    }
    file->path = (struct str){file->path_text, path.n};
    file->has_generated_at = reader->has_generated_at;
    file->generated_at = reader->generated_at;
    file->is_clock = !config->has_as_of && !reader->has_generated_at;
    file->as_of = config->has_as_of          ? config->as_of
                  : reader->has_generated_at ? reader->generated_at
                                             : config->now;
    memcpy(file->account_text, reader->account_text, sizeof file->account_text);
    file->account = (struct str){file->account_text, reader->account.n};
    memcpy(file->partition_text, reader->partition_text, sizeof file->partition_text);
    file->partition = (struct str){file->partition_text, reader->partition.n};
    file->header_lines = reader->header_lines;
    file->size = reader->file.size;
    file->header = header_share(header, reader->header.line);
    return file;
}

void report_file_archived(struct report_file *file, const struct audit_config *config, size_t index,
                          const struct archived_report *report)
{
    file->is_clock = false;
    file->size = report->bytes.n;
    file->index = index;
    file->taken_at = report->as_of;
    file->as_of = config->has_as_of ? config->as_of : report->as_of;
    if (report->has_generated_at) {
        file->has_generated_at = true;
        file->generated_at = report->generated_at;
    }
    if (file->account.n == 0 && report->account.n <= sizeof file->account_text) {
        memcpy(file->account_text, report->account.p, report->account.n);
        file->account.n = report->account.n;
    }
    if (report->warning.n > 0) {
        file->warning = mem_alloc(sizeof *file->warning);
        (void)err_set(file->warning, ERR_INPUT, "%.*s", STR_ARG(report->warning));
    }
}

void report_file_free(struct report_file *file)
{
    if (file != NULL) {
        shared_header_drop(file->header);
        entity_set_free(file->entities);
        mem_free(file->warning);
        mem_free(file->path_text);
        mem_free(file);
    }
}

struct piece *task_piece(struct task *task)
{
    struct piece *piece = &task->pieces[task->piece_count++];

    *piece = (struct piece){0};
    return piece;
}

/* ---- streams -------------------------------------------------------------------------------- */

static struct stream *stream_new(void)
{
    struct stream *stream = mem_alloc(sizeof *stream);

    report_reader_init(&stream->reader);
    pthread_mutex_init(&stream->lock, NULL);
    pthread_cond_init(&stream->turned, NULL);
    stream->references = 1;
    return stream;
}

void stream_drop(struct stream *stream)
{
    if (stream == NULL || --stream->references > 0) {
        return;
    }
    if (!atomic_load(&stream->is_over)) {
        report_file_free(stream->file); /* an audit that was broken off */
    }
    report_reader_release(&stream->reader);
    pthread_cond_destroy(&stream->turned);
    pthread_mutex_destroy(&stream->lock);
    mem_free(stream);
}

/* What a task reads goes behind the room for the longest carry. */
static char *block_place(const struct task *task)
{
    return task->text + REPORT_CHUNK_SIZE;
}

static void fill_piece(struct task *task, const struct report_chunk *chunk, bool is_last)
{
    struct stream *stream = task->stream;
    struct piece *piece = task_piece(task);

    piece->file = stream->file;
    piece->chunk = *chunk;
    piece->is_last = is_last;
    if (is_last) {
        piece->err = stream->reader.failure;
        atomic_store(&stream->is_over, true);
    }
}

/* Cuts what the block's own read brought, behind the carry of the block before. */
static bool cut_block(struct task *task, size_t got, bool is_again)
{
    struct stream *stream = task->stream;
    struct row_cutter *cutter = &stream->reader.cutter;
    struct report_chunk chunk;
    char *text = task->text;
    size_t n = 0;

    if (is_again) {
        n = row_cutter_take(cutter, text);
    } else {
        text = block_place(task) - cutter->carry_n;
        n = row_cutter_take(cutter, text) + got;
    }
    bool is_more = row_cutter_cut(cutter, text, n, task->is_final,
                                  stream->reader.failure.kind != ERR_NONE, &chunk);
    fill_piece(task, &chunk, task->is_final && !is_more);
    return is_more;
}

/* The next chunk of what can only be read in order. */
static bool cut_sequential(struct task *task)
{
    struct report_chunk chunk = {.text = task->text};
    bool is_last = false;

    if (report_reader_next(&task->stream->reader, &chunk, &is_last)) {
        fill_piece(task, &chunk, is_last);
    }
    return false;
}

/* The worker before is nearly always about to be done: looking again for some microseconds costs
 * less than going to sleep and being woken. */
static void await_turn(const struct stream *stream, uint64_t block)
{
    enum { LOOKS_MAX = 20000 };

    for (int i = 0; i < LOOKS_MAX && atomic_load(&stream->turn) != block; i++) {
    }
}

bool stream_cut(struct task *task, bool is_again)
{
    struct stream *stream = task->stream;
    struct err err = {0};
    size_t got = 0;
    bool is_more = false;

    if (stream->is_seekable && !is_again) {
        while (got < REPORT_CHUNK_SIZE) {
            size_t n = 0;
            if (!file_in_read_at(&stream->reader.file, block_place(task) + got,
                                 REPORT_CHUNK_SIZE - got, task->offset + got, &n, &err) ||
                n == 0) {
                break;
            }
            got += n;
        }
    }
    await_turn(stream, task->block);
    pthread_mutex_lock(&stream->lock);
    while (atomic_load(&stream->turn) != task->block) {
        pthread_cond_wait(&stream->turned, &stream->lock);
    }
    if (!atomic_load(&stream->is_over)) {
        if (err.kind != ERR_NONE) {
            stream->reader.failure = err;
        }
        /* A file that shrank or cannot be read on ends here. */
        task->is_final |= stream->is_seekable && !is_again && got < REPORT_CHUNK_SIZE;
        is_more = stream->is_seekable ? cut_block(task, got, is_again) : cut_sequential(task);
    }
    if (!is_more) {
        atomic_fetch_add(&stream->turn, 1);
        pthread_cond_broadcast(&stream->turned);
    }
    pthread_mutex_unlock(&stream->lock);
    return is_more;
}

/* ---- the feed ------------------------------------------------------------------------------- */

bool feed_init(struct feed *feed, const struct audit_config *config)
{
    *feed = (struct feed){.config = config};
    buf_init(&feed->pending_text, PATHS_SIZE_MAX);
    seen_init(&feed->seen, system_random_u64());
    if (config->archive != NULL) {
        return true;
    }
    feed->walk =
        walk_new(config->paths, config->path_count, suffixes, sizeof suffixes / sizeof suffixes[0]);
    return feed->walk != NULL;
}

void feed_release(struct feed *feed)
{
    stream_drop(feed->stream);
    shared_header_drop(feed->header);
    buf_release(&feed->pending_text);
    seen_release(&feed->seen);
    walk_free(feed->walk);
    *feed = (struct feed){0};
}

/* Looks at the pending path: how large it is, and whether its file was handed out under another
 * name. Large files and standard input are read as streams. */
static void look(struct feed *feed)
{
    struct task_path *path = &feed->pending;
    struct file_info info = {0};
    struct str first;

    feed->pending_size = 0;
    feed->is_pending_large = false;
    if (path->err.kind != ERR_NONE) {
        return;
    }
    bool is_found = file_look(path->path, &info);
    if (is_found && info.is_regular && !seen_add(&feed->seen, &info, path->path, &first)) {
        path->is_note = true;
        if (first.n > 0) {
            (void)err_set(&path->err, ERR_INPUT, "the same file as '%.*s'; judged once",
                          STR_ARG(first));
        } else {
            (void)err_set(&path->err, ERR_INPUT, "the same file as one before; judged once");
        }
        return;
    }
    feed->pending_size = info.size;
    feed->is_pending_large = str_eq(path->path, STR("-")) || info.size > REPORT_CHUNK_SIZE;
}

/* The next path into `pending`; false at the end. */
static bool look_ahead(struct feed *feed)
{
    struct walk_entry entry;

    if (feed->has_pending) {
        return true;
    }
    if (!walk_next(feed->walk, &entry)) {
        return false;
    }
    buf_clear(&feed->pending_text);
    buf_str(&feed->pending_text, entry.path);
    feed->pending = (struct task_path){.path = buf_text(&feed->pending_text),
                                       .is_named = entry.is_named,
                                       .is_note = entry.is_repeat,
                                       .err = entry.err};
    if (entry.is_repeat) {
        (void)err_set(&feed->pending.err, ERR_INPUT, "named twice; judged once");
    }
    look(feed);
    feed->has_pending = true;
    return true;
}

static void take_path(struct feed *feed, struct task *task)
{
    size_t from = task->path_text.n;

    buf_str(&task->path_text, feed->pending.path);
    /* The text may move as it grows: offsets now, places when the bundle is complete. */
    task->paths[task->path_count] = feed->pending;
    task->paths[task->path_count].path = (struct str){NULL, task->path_text.n - from};
    task->path_count++;
    feed->has_pending = false;
}

static void place_paths(struct task *task)
{
    size_t at = 0;

    for (size_t i = 0; i < task->path_count; i++) {
        task->paths[i].path.p = task->path_text.p + at;
        at += task->paths[i].path.n;
    }
}

/* Opens the pending path as a stream. What cannot be opened is handed out as a bundle of one, whose
 * worker says why; what can be opened only once takes its error along. */
static bool open_stream(struct feed *feed)
{
    struct stream *stream = stream_new();
    struct err err = {0};

    if (report_reader_open(&stream->reader, feed->pending.path, &err) != REPORT_OPEN_OK) {
        stream_drop(stream);
        if (str_eq(feed->pending.path, STR("-"))) {
            err.line = 0;
            feed->pending.err = err;
        }
        return false;
    }
    stream->file =
        report_file_new(feed->config, &stream->reader, feed->pending.path, &feed->header);
    stream->is_seekable = report_reader_is_seekable(&stream->reader);
    stream->next_offset = stream->reader.text_offset;
    feed->stream = stream;
    feed->has_pending = false;
    return true;
}

static void take_block(struct feed *feed, struct task *task)
{
    struct stream *stream = feed->stream;

    task->stream = stream;
    task->block = stream->next_block++;
    task->offset = stream->next_offset;
    stream->next_offset += REPORT_CHUNK_SIZE;
    task->is_final = stream->is_seekable && stream->next_offset >= stream->reader.file.size;
    stream->references++;
    if (task->is_final) {
        stream_drop(stream);
        feed->stream = NULL;
    }
}

/* As many as of files that size: the samples of a posture depend on it. */
static void take_archived(struct feed *feed, struct task *task)
{
    const struct report_archive *archive = feed->config->archive;
    uint64_t total = 0;

    task->archived_first = feed->archived_next;
    while (feed->archived_next < archive->count && task->archived_count < TASK_PATHS_MAX &&
           total < BUNDLE_SIZE) {
        uint64_t size = archive->size(archive->shared, feed->archived_next);
        if (size > REPORT_CHUNK_SIZE && task->archived_count > 0) {
            break;
        }
        total += size;
        task->archived_count++;
        feed->archived_next++;
    }
}

bool feed_next(struct feed *feed, struct task *task)
{
    uint64_t total = 0;

    task->path_count = 0;
    task->archived_count = 0;
    task->piece_count = 0;
    task->text_n = 0;
    task->stream = NULL;
    task->is_final = false;
    buf_clear(&task->path_text);
    if (feed->stream != NULL && atomic_load(&feed->stream->is_over)) {
        stream_drop(feed->stream);
        feed->stream = NULL;
    }
    if (feed->walk == NULL) {
        take_archived(feed, task);
    }
    while (feed->walk != NULL && feed->stream == NULL && task->path_count < TASK_PATHS_MAX &&
           total < BUNDLE_SIZE && look_ahead(feed)) {
        if (feed->is_pending_large && (task->path_count > 0 || open_stream(feed))) {
            break;
        }
        take_path(feed, task);
        total += feed->pending_size;
    }
    place_paths(task);
    if (task->path_count == 0 && feed->stream != NULL) {
        take_block(feed, task);
    }
    task->sequence = feed->sequence;
    if (task->path_count == 0 && task->archived_count == 0 && task->stream == NULL) {
        return false;
    }
    feed->sequence++;
    return true;
}
