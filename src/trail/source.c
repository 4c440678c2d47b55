#include "trail/source.h"

#include "os/walk.h"

static const struct str suffixes[] = {STR_LIT(".json"), STR_LIT(".jsonl"), STR_LIT(".ndjson"),
                                      STR_LIT(".gz")};

bool trail_files_measure(const struct str *paths, size_t path_count, uint64_t count_max,
                         struct trail_files_total *total)
{
    struct walk *walk = walk_new(paths, path_count, suffixes, sizeof suffixes / sizeof *suffixes);
    struct walk_entry entry;
    struct file_info info;
    bool ok = true;

    *total = (struct trail_files_total){0};
    while (ok && walk_next(walk, &entry)) {
        if (!entry.is_repeat && entry.err.kind == ERR_NONE) {
            ok = file_look(entry.path, &info) && info.is_regular && total->files < count_max;
            total->files++;
            total->bytes += ok ? info.size : 0;
        }
    }
    walk_free(walk);
    return ok;
}

void trail_files_init(struct trail_files *files, const struct str *paths, size_t path_count)
{
    files->walk = walk_new(paths, path_count, suffixes, sizeof suffixes / sizeof *suffixes);
}

void trail_files_release(struct trail_files *files)
{
    walk_free(files->walk);
    files->walk = NULL;
}

static bool files_next(void *shared, struct trail_file *file)
{
    struct trail_files *files = shared;
    struct walk_entry entry;

    do {
        if (!walk_next(files->walk, &entry)) {
            return false;
        }
    } while (entry.is_repeat);
    buf_str(&file->name, entry.path);
    file->err = entry.err;
    return true;
}

static bool files_open(void *shared, struct trail_file *file, struct err *err)
{
    (void)shared;
    if (!file_in_open(&file->in, buf_text(&file->name), err)) {
        return false;
    }
    file->size = file->in.size;
    return true;
}

static bool files_read(void *shared, struct trail_file *file, void *to, size_t size, size_t *got,
                       struct err *err)
{
    (void)shared;
    return file_in_read(&file->in, to, size, got, err);
}

static void files_close(void *shared, struct trail_file *file)
{
    (void)shared;
    file_in_close(&file->in);
}

struct trail_source trail_files_source(struct trail_files *files)
{
    return (struct trail_source){files_next, files_open, files_read, files_close, files};
}
