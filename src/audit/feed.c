#include "audit/feed.h"

#include <string.h>

#include "codec/csv.h"

/* Small reports are taken together until they are worth a hand-over. */
enum { BUNDLE_SIZE = 64 * 1024 };

static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".csv.gz"), STR_LIT(".json")};

bool feed_init(struct feed *feed, const struct audit_config *config)
{
    *feed = (struct feed){.config = config};
    feed->walk =
        walk_new(config->paths, config->path_count, suffixes, sizeof suffixes / sizeof suffixes[0]);
    report_reader_init(&feed->reader);
    return feed->walk != NULL;
}

static void header_drop(struct shared_header *header)
{
    if (header != NULL && --header->references == 0) {
        report_header_release(&header->header);
        mem_free(header);
    }
}

void feed_file_free(struct feed *feed, struct report_file *file)
{
    (void)feed;
    if (file == NULL) {
        return;
    }
    header_drop(file->header);
    mem_free(file->path_text);
    mem_free(file);
}

void feed_release(struct feed *feed)
{
    feed_file_free(feed, feed->file);
    header_drop(feed->header);
    report_reader_release(&feed->reader);
    walk_free(feed->walk);
    *feed = (struct feed){0};
}

/* Most reports of a fleet have the same header: it is kept and shared. */
static struct shared_header *header_share(struct feed *feed)
{
    struct str line = feed->reader.header.line;

    if (feed->header == NULL || !str_eq(feed->header->header.line, line)) {
        struct shared_header *header = mem_alloc(sizeof *header);
        if (!report_header_read(&header->header, line)) {
            mem_free(header);
            return NULL;
        }
        header_drop(feed->header);
        header->references = 1;
        feed->header = header;
    }
    feed->header->references++;
    return feed->header;
}

static struct report_file *file_new(struct feed *feed, struct str path)
{
    const struct audit_config *config = feed->config;
    const struct report_reader *reader = &feed->reader;
    struct report_file *file = mem_alloc(sizeof *file);

    file->path_text = mem_alloc(path.n + 1);
    memcpy(file->path_text, path.p, path.n);
    file->path = (struct str){file->path_text, path.n};
    file->has_generated_at = reader->has_generated_at;
    file->generated_at = reader->generated_at;
    file->is_clock = !config->has_as_of && !reader->has_generated_at;
    file->as_of = config->has_as_of          ? config->as_of
                  : reader->has_generated_at ? reader->generated_at
                                             : config->now;
    memcpy(file->account_text, reader->account_text, sizeof file->account_text);
    file->account = (struct str){file->account_text, reader->account.n};
    file->header_lines = reader->header_lines;
    file->header = header_share(feed);
    return file;
}

/* Opens the next input; a piece that is only an error or a skip is filled in where it fails. False
 * when there are no more inputs. */
static bool open_next(struct feed *feed, struct piece *piece, bool *is_problem)
{
    struct walk_entry entry;
    enum report_open opened = REPORT_OPEN_FAILED;

    *is_problem = true;
    *piece = (struct piece){0};
    if (!walk_next(feed->walk, &entry)) {
        return false;
    }
    if (entry.err.kind != ERR_NONE) {
        piece->err = entry.err;
        err_place(&piece->err, entry.path, 0, 0);
        return true;
    }
    opened = report_reader_open(&feed->reader, entry.path, &piece->err);
    if (opened == REPORT_OPEN_OK) {
        feed->file = file_new(feed, entry.path);
        feed->is_first = true;
        *is_problem = false;
        return true;
    }
    piece->err.line = 0; /* a place inside the JSON wrapping means nothing to its reader */
    err_place(&piece->err, entry.path, 0, 0);
    piece->is_skip = opened == REPORT_OPEN_NOT_A_REPORT && !entry.is_named;
    return true;
}

static void fill_piece(struct feed *feed, struct piece *piece, struct report_chunk *chunk)
{
    *piece = (struct piece){.file = feed->file,
                            .is_first = feed->is_first,
                            .is_last = chunk->is_last,
                            .text = chunk->text,
                            .n = chunk->n,
                            .lines_dropped = chunk->lines_dropped,
                            .error_count = chunk->error_count};
    memcpy(piece->errors, chunk->errors, chunk->error_count * sizeof chunk->errors[0]);
    feed->is_first = false;
    if (chunk->is_last) {
        piece->err = feed->reader.failure;
        report_reader_close(&feed->reader);
        feed->file = NULL;
    }
}

bool feed_next(struct feed *feed, struct task *task)
{
    size_t used = 0;

    task->piece_count = 0;
    while (task->piece_count < TASK_PIECES_MAX && used < BUNDLE_SIZE) {
        struct piece *piece = &task->pieces[task->piece_count];
        struct report_chunk chunk = {.text = task->text + used};
        if (feed->file == NULL) {
            bool is_problem = false;
            if (!open_next(feed, piece, &is_problem)) {
                break;
            }
            if (is_problem) {
                task->piece_count++;
                continue;
            }
        }
        if (!report_reader_next(&feed->reader, &chunk)) {
            chunk.is_last = true;
        }
        fill_piece(feed, piece, &chunk);
        task->piece_count++;
        used += (chunk.n + CSV_PADDING + 63) / 64 * 64;
    }
    task->sequence = feed->sequence;
    feed->sequence += task->piece_count > 0 ? 1 : 0;
    return task->piece_count > 0;
}
