#include "os/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"

/* The whole module rests on one trick: folders sort, and are kept, with a '/' behind their name.
 * Then the order of names within a folder is the order of the whole paths below it, and what a
 * folder holds is one unbroken stretch of that order. */

enum { DEPTH_MAX = 64 };

/* A path the user gave. */
struct root {
    struct str path; /* as given */
    struct str key;  /* where it sorts: the path, for folders with one '/' at the end */
    int error_number;
    bool is_folder;
};

/* One folder on the way down: the wanted names in it, and how far we are. */
struct level {
    struct buf names; /* NUL behind each; folders end in '/' */
    uint32_t *order;  /* offsets into names, sorted */
    size_t count, at;
    size_t folder_n; /* length of this folder's own path, with its '/' */
};

/* The files below one named folder, in order. */
struct stream {
    struct stream *next;
    struct buf path; /* the current file; of a folder that failed: with its '/' */
    int error_number;
    size_t depth;
    struct level levels[DEPTH_MAX];
};

struct walk {
    struct arena arena; /* roots and suffixes */
    struct root *roots; /* sorted by key */
    size_t root_count, root_at;
    struct str *suffixes;
    size_t suffix_count;
    struct stream *streams; /* those under way: one, unless named folders contain each other */
    struct buf current;     /* what was handed out last, as it sorts */
    bool has_current;
};

static bool suffix_is_wanted(const struct walk *walk, struct str name)
{
    for (size_t i = 0; i < walk->suffix_count; i++) {
        if (str_ends(name, walk->suffixes[i])) {
            return true;
        }
    }
    return false;
}

enum entry_kind { ENTRY_IGNORED, ENTRY_FILE, ENTRY_FOLDER };

/* Looks as little as it can: most file systems say the type while listing. */
static enum entry_kind entry_classify(const struct walk *walk, int folder_fd,
                                      const struct dirent *entry)
{
    struct stat info = {0};
    bool is_wanted = suffix_is_wanted(walk, str_from(entry->d_name));
    unsigned char type = entry->d_type;

    if (type == DT_UNKNOWN && fstatat(folder_fd, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0) {
        type = (unsigned char)IFTODT(info.st_mode);
    }
    if (type == DT_DIR) {
        return ENTRY_FOLDER;
    }
    if (!is_wanted) {
        return ENTRY_IGNORED;
    }
    if (type == DT_LNK && fstatat(folder_fd, entry->d_name, &info, 0) == 0) {
        return S_ISREG(info.st_mode) ? ENTRY_FILE : ENTRY_IGNORED;
    }
    /* A link that leads nowhere is handed out: opening it will say so. */
    return type == DT_REG || type == DT_LNK || type == DT_UNKNOWN ? ENTRY_FILE : ENTRY_IGNORED;
}

/* Ranges of the order still to be sorted, all of whose names agree in their first `depth` bytes. */
struct range {
    size_t begin, end, depth;
};

static unsigned char byte_at(const struct level *level, size_t i, size_t depth)
{
    return (unsigned char)level->names.p[level->order[i] + depth];
}

static void order_swap(uint32_t *order, size_t i, size_t k)
{
    uint32_t spare = order[i];

    order[i] = order[k];
    order[k] = spare;
}

/* Splits by one byte: parts[0] below the pivot, parts[1] equal to it, parts[2] above. */
static void range_split(const struct level *level, struct range range, struct range parts[3])
{
    size_t below = range.begin, above = range.end, i = range.begin;
    unsigned char a = byte_at(level, range.begin, range.depth);
    unsigned char b = byte_at(level, range.begin + (range.end - range.begin) / 2, range.depth);
    unsigned char c = byte_at(level, range.end - 1, range.depth);
    unsigned char low = a < b ? a : b, high = a < b ? b : a;
    unsigned char pivot = c < low ? low : c > high ? high : c;

    while (i < above) {
        unsigned char here = byte_at(level, i, range.depth);
        if (here < pivot) {
            order_swap(level->order, below++, i++);
        } else if (here > pivot) {
            order_swap(level->order, i, --above);
        } else {
            i++;
        }
    }
    parts[0] = (struct range){range.begin, below, range.depth};
    parts[1] = (struct range){below, above, range.depth + 1};
    parts[2] = (struct range){above, range.end, range.depth};
    if (pivot == '\0') {
        parts[1].end = parts[1].begin; /* names are over: equal ones are sorted */
    }
}

static size_t range_size(struct range range)
{
    return range.end - range.begin;
}

static void range_insertion_sort(const struct level *level, struct range range)
{
    for (size_t i = range.begin + 1; i < range.end; i++) {
        uint32_t moving = level->order[i];
        size_t to = i;
        while (to > range.begin && strcmp(level->names.p + level->order[to - 1] + range.depth,
                                          level->names.p + moving + range.depth) > 0) {
            level->order[to] = level->order[to - 1];
            to--;
        }
        level->order[to] = moving;
    }
}

/* Quicksort by one byte at a time: in place, and the prefix that file names of a folder usually
 * share is looked at once. Going on with the smallest part (at most a third is left of it) keeps
 * the stack of postponed ranges below 2 * log3(2^32). */
static void level_sort(const struct level *level)
{
    enum { POSTPONED_MAX = 64, INSERTION_MAX = 12 };
    struct range postponed[POSTPONED_MAX];
    size_t postponed_count = 1;

    postponed[0] = (struct range){0, level->count, 0};
    while (postponed_count > 0) {
        struct range range = postponed[--postponed_count];
        while (range_size(range) > INSERTION_MAX) {
            struct range parts[3];
            size_t least = 0;
            range_split(level, range, parts);
            for (size_t i = 1; i < 3; i++) {
                least = range_size(parts[i]) < range_size(parts[least]) ? i : least;
            }
            for (size_t i = 0; i < 3; i++) {
                if (i != least && range_size(parts[i]) > 1) {
                    postponed[postponed_count++] = parts[i];
                }
            }
            range = parts[least];
        }
        range_insertion_sort(level, range);
    }
}

static void level_release(struct level *level)
{
    buf_release(&level->names);
    mem_free(level->order);
    level->order = NULL;
}

/* Lists the wanted names of an open folder; 0 or errno. */
static int level_list(const struct walk *walk, struct level *level, DIR *folder)
{
    const struct dirent *entry = NULL;

    for (errno = 0; (entry = readdir(folder)) != NULL; errno = 0) {
        enum entry_kind kind = ENTRY_IGNORED;
        if (entry->d_name[0] == '.') {
            continue;
        }
        kind = entry_classify(walk, dirfd(folder), entry);
        if (kind != ENTRY_IGNORED) {
            buf_str(&level->names, str_from(entry->d_name));
            buf_str(&level->names, kind == ENTRY_FOLDER ? STR("/\0") : STR("\0"));
            level->count++;
        }
    }
    return level->names.overflowed ? EFBIG : errno;
}

/* Goes down into the folder that stream->path names (with its '/'); 0 or errno. */
static int stream_enter(const struct walk *walk, struct stream *stream)
{
    struct level *level = &stream->levels[stream->depth];
    DIR *folder = NULL;
    int error_number = 0;
    size_t at = 0;

    if (stream->depth == DEPTH_MAX) {
        return ELOOP;
    }
    buf_char(&stream->path, '\0');
    stream->path.n--;
    folder = opendir(stream->path.p);
    if (folder == NULL) {
        return errno;
    }
    *level = (struct level){.folder_n = stream->path.n};
    buf_init(&level->names, UINT32_MAX); /* what an offset reaches */
    error_number = level_list(walk, level, folder);
    (void)closedir(folder);
    if (error_number != 0) {
        level_release(level);
        return error_number;
    }
    level->order = mem_array(level->count, sizeof *level->order);
    for (size_t i = 0; i < level->count; i++) {
        level->order[i] = (uint32_t)at;
        at += strlen(level->names.p + at) + 1;
    }
    level_sort(level);
    stream->depth++;
    return 0;
}

/* Moves to the next file (or folder that fails); false at the end. */
static bool stream_next(const struct walk *walk, struct stream *stream)
{
    stream->error_number = 0;
    while (stream->depth > 0) {
        struct level *level = &stream->levels[stream->depth - 1];
        struct str name = {0};

        if (level->at == level->count) {
            level_release(level);
            stream->depth--;
            continue;
        }
        name = str_from(level->names.p + level->order[level->at++]);
        stream->path.n = level->folder_n;
        buf_str(&stream->path, name);
        if (!str_ends(name, STR("/"))) {
            return true;
        }
        stream->error_number = stream_enter(walk, stream);
        if (stream->error_number != 0) {
            return true;
        }
    }
    return false;
}

static void stream_free(struct stream *stream)
{
    while (stream->depth > 0) {
        level_release(&stream->levels[--stream->depth]);
    }
    buf_release(&stream->path);
    mem_free(stream);
}

/* Starts on a named folder; it joins the streams under way unless nothing is in it. */
static void stream_start(struct walk *walk, const struct root *root)
{
    struct stream *stream = mem_alloc(sizeof *stream);

    buf_init(&stream->path, SIZE_MAX);
    buf_str(&stream->path, root->key);
    stream->error_number = stream_enter(walk, stream);
    if (stream->error_number == 0 && !stream_next(walk, stream)) {
        stream_free(stream);
        return;
    }
    stream->next = walk->streams;
    walk->streams = stream;
}

/* The stream whose current path comes first; NULL when there is none. */
static struct stream *stream_least(const struct walk *walk)
{
    struct stream *least = walk->streams;

    for (struct stream *other = least; other != NULL; other = other->next) {
        if (str_cmp(buf_text(&other->path), buf_text(&least->path)) < 0) {
            least = other;
        }
    }
    return least;
}

/* Lets the stream go one further and drops it at its end. */
static void stream_advance(struct walk *walk, struct stream *stream)
{
    struct stream **link = &walk->streams;

    if (stream_next(walk, stream)) {
        return;
    }
    while (*link != stream) {
        link = &(*link)->next;
    }
    *link = stream->next;
    stream_free(stream);
}

static struct root root_look(struct arena *arena, struct str given)
{
    struct root root = {0};
    struct stat info = {0};
    char *key = arena_alloc(arena, given.n + 2); /* room for a '/' and a NUL */

    if (key == NULL) {
        abort(); /* the arena has no cap */
    }
    if (given.n > 0) {
        memcpy(key, given.p, given.n);
    }
    root.path = (struct str){key, given.n};
    root.key = root.path;
    if (str_eq(given, STR("-"))) {
        return root;
    }
    if (memchr(key, '\0', given.n) != NULL) {
        root.error_number = EINVAL;
    } else if (stat(key, &info) != 0) {
        root.error_number = errno;
    } else if (S_ISDIR(info.st_mode)) {
        root.is_folder = true;
        if (key[given.n - 1] != '/') {
            key[given.n] = '/';
            root.key.n++;
        }
    }
    return root;
}

static int root_compare(const void *a, const void *b)
{
    const struct root *x = a, *y = b;
    int order = str_cmp(x->key, y->key);

    return order != 0 ? order : str_cmp(x->path, y->path);
}

struct walk *walk_new(const struct str *paths, size_t path_count, const struct str *suffixes,
                      size_t suffix_count)
{
    struct walk *walk = mem_alloc(sizeof *walk);

    arena_init(&walk->arena, SIZE_MAX / 4);
    buf_init(&walk->current, SIZE_MAX);
    walk->suffixes = mem_array(suffix_count, sizeof *walk->suffixes);
    walk->suffix_count = suffix_count;
    for (size_t i = 0; i < suffix_count; i++) {
        if (!arena_str(&walk->arena, suffixes[i], &walk->suffixes[i])) {
            abort(); /* the arena has no cap */
        }
    }
    walk->roots = mem_array(path_count, sizeof *walk->roots);
    walk->root_count = path_count;
    for (size_t i = 0; i < path_count; i++) {
        walk->roots[i] = root_look(&walk->arena, paths[i]);
    }
    if (path_count > 0) {
        qsort(walk->roots, path_count, sizeof *walk->roots, root_compare);
    }
    return walk;
}

/* Makes `key` the current path; false when it was that already. */
static bool current_set(struct walk *walk, struct str key)
{
    if (walk->has_current && str_eq(buf_text(&walk->current), key)) {
        return false;
    }
    buf_clear(&walk->current);
    buf_str(&walk->current, key);
    walk->has_current = true;
    return true;
}

static void entry_fail(struct walk_entry *entry, int error_number, bool is_folder)
{
    if (error_number == ELOOP && is_folder) {
        (void)err_set(&entry->err, ERR_INPUT, "folders are nested more than %d deep", DEPTH_MAX);
    } else if (error_number != 0) {
        (void)err_set_errno(&entry->err, ERR_INPUT, error_number, "cannot %s",
                            is_folder ? "list the folder" : "open");
    }
}

/* Takes the next named path: true when it makes an entry, false for a folder or for what a folder
 * gave already. */
static bool root_take(struct walk *walk, struct walk_entry *entry)
{
    const struct root *root = &walk->roots[walk->root_at];
    bool is_repeated = walk->root_at > 0 && str_eq(root[-1].key, root->key);

    walk->root_at++;
    if (is_repeated) {
        *entry = (struct walk_entry){.path = root->path, .is_named = true, .is_repeat = true};
        return true;
    }
    if (root->is_folder) {
        stream_start(walk, root);
        return false;
    }
    if (!current_set(walk, root->key)) {
        return false;
    }
    *entry = (struct walk_entry){.path = root->path, .is_named = true};
    entry_fail(entry, root->error_number, false);
    return true;
}

/* Takes the current path of a stream; false when another one gave it before. */
static bool stream_take(struct walk *walk, struct stream *stream, struct walk_entry *entry)
{
    int error_number = stream->error_number;
    bool is_new = current_set(walk, buf_text(&stream->path));

    stream_advance(walk, stream);
    if (!is_new) {
        return false;
    }
    *entry = (struct walk_entry){.path = buf_text(&walk->current)};
    if (error_number != 0) {
        entry_fail(entry, error_number, true);
        entry->path.n -= entry->path.n > 1 ? 1 : 0;
    }
    return true;
}

bool walk_next(struct walk *walk, struct walk_entry *entry)
{
    for (;;) {
        struct stream *stream = stream_least(walk);
        bool has_root = walk->root_at < walk->root_count;

        if (has_root && (stream == NULL ||
                         str_cmp(walk->roots[walk->root_at].key, buf_text(&stream->path)) <= 0)) {
            if (root_take(walk, entry)) {
                return true;
            }
        } else if (stream == NULL) {
            return false;
        } else if (stream_take(walk, stream, entry)) {
            return true;
        }
    }
}

void walk_free(struct walk *walk)
{
    if (walk == NULL) {
        return;
    }
    while (walk->streams != NULL) {
        struct stream *stream = walk->streams;
        walk->streams = stream->next;
        stream_free(stream);
    }
    buf_release(&walk->current);
    mem_free(walk->suffixes);
    mem_free(walk->roots);
    arena_release(&walk->arena);
    mem_free(walk);
}
