/* trail_probe.c: our scan beside libdeflate alone on the same files, in turn, in one process.
 *
 *   trail_probe [OPTION...] FOLDER RULES...
 *
 *   -j N      workers of both (1)
 *   -r N      rounds (9); a figure is the median, a ratio the median of the rounds' ratios
 *   -s LEVEL  scalar, avx2 or avx512
 *   -n        no prefilter
 *   -c        count every record, as --stats does
 *   -x TEXT   leave out rule files whose name holds it
 *   -m N      the rules N times over, each time under other names and with other values
 *   -w        wall time in place of processor time
 *   -a        the scan alone, for profiles
 *
 * libdeflate reads each file whole, inflates and checks it with libdeflate_gzip_decompress. It is
 * given room for the largest file beforehand, of which a scan knows nothing.
 *
 * Prints one line of JSON. */
#include <errno.h>
#include <fcntl.h>
#include <libdeflate.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "os/file.h"
#include "os/walk.h"
#include "os/worker.h"
#include "rule/sigma.h"
#include "trail/scan.h"

enum { ROUNDS_MAX = 99, RULE_FILE_MAX = 1 << 20, OUT_SIZE = 64 << 20, IN_SIZE = 16 << 20 };

struct setting {
    unsigned jobs, rounds, copies;
    enum simd_level simd;
    bool no_prefilter, counts, is_wall, is_alone;
    const char *leave_out;
};

struct corpus {
    struct arena arena;
    struct str *paths;
    size_t count;
    _Atomic size_t next; /* of whoever goes through it at the moment */
    _Atomic uint64_t bytes;
};

static _Atomic uint64_t match_count, record_count;

static void stop(const char *what)
{
    fprintf(stderr, "trail_probe: %s\n", what);
    exit(1);
}

static void die(const struct err *err)
{
    char text[1024];

    err_format(err, text, sizeof text);
    stop(text);
}

static double now(bool is_wall)
{
    struct timespec at;

    clock_gettime(is_wall ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

/* ---- inputs --------------------------------------------------------------------------------- */

static void corpus_find(struct corpus *corpus, struct str folder)
{
    static const struct str suffixes[] = {STR_LIT(".gz")};
    struct walk *walk = walk_new(&folder, 1, suffixes, 1);
    struct walk_entry entry;
    size_t capacity = 0;

    arena_init(&corpus->arena, SIZE_MAX);
    while (walk_next(walk, &entry)) {
        if (corpus->count == capacity) {
            capacity = capacity * 2 + 64;
            corpus->paths = mem_resize(corpus->paths, capacity * sizeof *corpus->paths);
        }
        if (!arena_str(&corpus->arena, entry.path, &corpus->paths[corpus->count++])) {
            stop("too many files");
        }
    }
    walk_free(walk);
}

/* The rule's text with the names of calls, users and ids made different. */
static void vary(struct buf *out, struct str text, unsigned copy)
{
    static const struct str marks[] = {STR_LIT("id: "), STR_LIT("name: "), STR_LIT("- '"),
                                       STR_LIT("eventName: '"), STR_LIT("eventName: ")};

    for (size_t at = 0; at < text.n; at++) {
        buf_char(out, text.p[at]);
        for (size_t i = 0; copy > 0 && i < sizeof marks / sizeof *marks; i++) {
            struct str before = str_sub(text, 0, at + 1);
            if (str_ends(before, marks[i]) && at + 1 < text.n &&
                str_find(STR("\n'\"[{"), text.p[at + 1]) == 5) {
                buf_printf(out, "Q%u", copy);
                break;
            }
        }
    }
}

static void load_rules(struct sigma_set *set, const struct setting *setting, struct str path)
{
    static const struct str suffixes[] = {STR_LIT(".yml")};
    struct walk *walk = walk_new(&path, 1, suffixes, 1);
    struct walk_entry entry;
    struct err err = {0};

    while (walk_next(walk, &entry)) {
        struct buf text, varied;
        if (setting->leave_out != NULL &&
            memmem(entry.path.p, entry.path.n, setting->leave_out, strlen(setting->leave_out))) {
            continue;
        }
        buf_init(&text, RULE_FILE_MAX);
        buf_init(&varied, 2 * RULE_FILE_MAX);
        if (!file_read_all(entry.path, RULE_FILE_MAX, &text, &err)) {
            die(&err);
        }
        for (unsigned copy = 0; copy < setting->copies; copy++) {
            buf_clear(&varied);
            vary(&varied, buf_text(&text), copy);
            if (!sigma_set_add(set, entry.path, buf_text(&varied), &err)) {
                die(&err);
            }
        }
        buf_release(&text);
        buf_release(&varied);
    }
    walk_free(walk);
}

/* ---- libdeflate alone ----------------------------------------------------------------------- */

static void inflate_work(void *shared, unsigned index)
{
    struct corpus *corpus = shared;
    struct libdeflate_decompressor *inflate = libdeflate_alloc_decompressor();
    unsigned char *in = malloc(IN_SIZE), *out = malloc(OUT_SIZE);

    (void)index;
    if (inflate == NULL || in == NULL || out == NULL) {
        stop("no memory");
    }
    for (;;) {
        size_t i = atomic_fetch_add(&corpus->next, 1), n = 0, made = 0;
        int fd = i < corpus->count ? open(corpus->paths[i].p, O_RDONLY | O_CLOEXEC) : -1;

        if (fd < 0) {
            break;
        }
        for (ssize_t got; (got = read(fd, in + n, IN_SIZE - n)) > 0;) {
            n += (size_t)got;
        }
        close(fd);
        if (libdeflate_gzip_decompress(inflate, in, n, out, OUT_SIZE, &made) !=
            LIBDEFLATE_SUCCESS) {
            stop("libdeflate says no");
        }
        atomic_fetch_add(&corpus->bytes, made);
    }
    libdeflate_free_decompressor(inflate);
    free(in);
    free(out);
}

static double run_inflate(struct corpus *corpus, const struct setting *setting)
{
    double begin = now(setting->is_wall);

    corpus->next = 0;
    corpus->bytes = 0;
    workers_run(setting->jobs, inflate_work, corpus);
    return now(setting->is_wall) - begin;
}

/* ---- our scan ------------------------------------------------------------------------------- */

static bool corpus_next(void *shared, struct trail_file *file)
{
    struct corpus *corpus = shared;
    size_t i = atomic_fetch_add(&corpus->next, 1);

    if (i >= corpus->count) {
        return false;
    }
    buf_str(&file->name, corpus->paths[i]);
    return true;
}

static bool on_match(void *shared, unsigned worker, const struct trail_match *match,
                     struct err *err)
{
    (void)shared;
    (void)worker;
    (void)err;
    atomic_fetch_add(&match_count, match->rule_count);
    atomic_fetch_add(&record_count, 1);
    return true;
}

static bool on_record(void *shared, unsigned worker, const struct trail_record_id *id,
                      struct err *err)
{
    (void)shared;
    (void)worker;
    (void)id;
    (void)err;
    return true;
}

static void on_bad_file(void *shared, const struct err *err)
{
    (void)shared;
    die(err);
}

static double run_scan(struct corpus *corpus, const struct setting *setting,
                       const struct trail_rule *rules, size_t rule_count,
                       struct trail_totals *totals)
{
    struct trail_files files = {0};
    struct trail_source source = trail_files_source(&files);
    struct trail_scan_config config = {
        .rules = rules,
        .rule_count = rule_count,
        .source = source,
        .jobs = setting->jobs,
        .simd = setting->simd,
        .no_prefilter = setting->no_prefilter,
        .since = INSTANT_MIN,
        .until = INSTANT_MAX,
        .match = on_match,
        .record = setting->counts ? on_record : NULL,
        .bad_file = on_bad_file,
        .shared = corpus,
    };
    struct err err = {0};
    double begin = now(setting->is_wall);

    config.source.next = corpus_next;
    config.source.shared = corpus;
    corpus->next = 0;
    match_count = record_count = 0;
    if (!trail_scan_run(&config, totals, &err)) {
        die(&err);
    }
    return now(setting->is_wall) - begin;
}

/* ---- figures -------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const double *values, unsigned count)
{
    double sorted[ROUNDS_MAX];

    memcpy(sorted, values, count * sizeof *values);
    qsort(sorted, count, sizeof *sorted, compare);
    return sorted[count / 2];
}

static void measure(struct corpus *corpus, const struct setting *setting,
                    const struct trail_rule *rules, size_t rule_count)
{
    double inflate[ROUNDS_MAX], scan[ROUNDS_MAX], ratio[ROUNDS_MAX];
    struct trail_totals totals = {0};

    (void)run_inflate(corpus, setting); /* warms the page cache */
    for (unsigned round = 0; round < setting->rounds; round++) {
        inflate[round] = setting->is_alone ? 0 : run_inflate(corpus, setting);
        scan[round] = run_scan(corpus, setting, rules, rule_count, &totals);
        ratio[round] = inflate[round] / scan[round];
    }
    if (totals.bytes != corpus->bytes) {
        stop("the two did not see the same bytes");
    }
    printf(
        "{\"files\": %zu, \"bytes\": %llu, \"rules\": %zu, \"inflate_s\": %.4f, \"scan_s\": %.4f,"
        " \"ratio\": %.4f, \"inflate_mbs\": %.0f, \"scan_mbs\": %.0f, \"records\": %llu,"
        " \"parsed\": %llu, \"matched_records\": %llu, \"matches\": %llu}\n",
        corpus->count, (unsigned long long)totals.bytes, rule_count,
        median(inflate, setting->rounds), median(scan, setting->rounds),
        median(ratio, setting->rounds),
        (double)totals.bytes / median(inflate, setting->rounds) / 1e6,
        (double)totals.bytes / median(scan, setting->rounds) / 1e6,
        (unsigned long long)totals.records, (unsigned long long)totals.parsed,
        (unsigned long long)record_count, (unsigned long long)match_count);
}

int main(int argc, char **argv)
{
    struct setting setting = {.jobs = 1, .rounds = 9, .copies = 1, .simd = simd_level_detect()};
    struct corpus corpus = {0};
    struct sigma_set set;
    struct trail_rule *rules = NULL;
    struct err err = {0};

    for (int letter; (letter = getopt(argc, argv, "j:r:s:ncx:m:wa")) != -1;) {
        switch (letter) {
        case 'j':
            setting.jobs = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'r':
            setting.rounds = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 's':
            setting.simd = simd_level_parse(str_from(optarg), setting.simd);
            break;
        case 'n':
            setting.no_prefilter = true;
            break;
        case 'c':
            setting.counts = true;
            break;
        case 'x':
            setting.leave_out = optarg;
            break;
        case 'm':
            setting.copies = (unsigned)strtoul(optarg, NULL, 10);
            break;
        case 'a':
            setting.is_alone = true;
            break;
        case 'w':
            setting.is_wall = true;
            break;
        default:
            return 2;
        }
    }
    if (argc - optind < 2 || setting.rounds == 0 || setting.rounds > ROUNDS_MAX) {
        stop("usage: trail_probe [-j N] [-r N] [-s LEVEL] [-n] [-c] [-x TEXT] [-m N] [-w] FOLDER "
             "RULES...");
    }
    corpus_find(&corpus, str_from(argv[optind]));
    sigma_set_init(&set);
    for (int i = optind + 1; i < argc; i++) {
        load_rules(&set, &setting, str_from(argv[i]));
    }
    if (!sigma_set_resolve(&set, &err)) {
        die(&err);
    }
    rules = mem_array(set.rule_count, sizeof *rules);
    for (size_t i = 0; i < set.rule_count; i++) {
        const struct sigma_rule *rule = &set.rules[i];
        rules[i] = (struct trail_rule){rule->id,        rule->title,    rule->severity,
                                       rule->is_silent, &rule->program, rule};
    }
    measure(&corpus, &setting, rules, set.rule_count);
    sigma_set_release(&set);
    mem_free(rules);
    mem_free(corpus.paths);
    arena_release(&corpus.arena);
    return 0;
}
