#include "os/walk.h"

#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

static const struct str suffixes[] = {STR_LIT(".csv"), STR_LIT(".csv.gz"), STR_LIT(".json")};

/* Each test runs in an empty folder of its own. */
static int setup(void **state)
{
    static char folder[64];

    (void)snprintf(folder, sizeof folder, "/tmp/keywarden-test-XXXXXX");
    *state = folder;
    return mkdtemp(folder) == NULL || chdir(folder) != 0 ? -1 : 0;
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *ftw)
{
    (void)info;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    return chdir("/") != 0 ? -1 : nftw(*state, remove_one, 20, FTW_DEPTH | FTW_PHYS);
}

static void make_file(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0644);

    assert_true(fd >= 0);
    (void)close(fd);
}

static void make_folder(const char *path)
{
    assert_int_equal(mkdir(path, 0755), 0);
}

/* Walks the paths (blank-separated) and writes each entry on a line: '*' before a named one, '='
 * before a repeat, '!' before an error. */
static void assert_walk(const char *paths, const char *expected)
{
    struct str given[32], rest = str_from(paths);
    size_t count = 0;
    struct walk *walk = NULL;
    struct walk_entry entry;
    struct buf out;

    buf_init(&out, 1 << 20);
    while (rest.n > 0) {
        (void)str_cut(&rest, ' ', &given[count++]);
    }
    walk = walk_new(given, count, suffixes, 3);
    while (walk_next(walk, &entry)) {
        buf_printf(&out, "%s%s%s%.*s\n", entry.is_named ? "*" : "", entry.is_repeat ? "=" : "",
                   entry.err.kind == ERR_NONE ? "" : "!", STR_ARG(entry.path));
    }
    assert_false(walk_next(walk, &entry));
    walk_free(walk);
    if (!str_eq(buf_text(&out), str_from(expected))) {
        fail_msg("got:\n%.*sexpected:\n%s", STR_ARG(buf_text(&out)), expected);
    }
    buf_release(&out);
}

static void test_nothing_given(void **state)
{
    (void)state;
    assert_walk("", "");
    walk_free(NULL);
    walk_free(walk_new(NULL, 0, NULL, 0));
}

/* '-' (2d), '.' (2e), '/' (2f), '0' (30): a folder's files come behind those of its neighbours. */
static void test_order_is_of_whole_paths(void **state)
{
    (void)state;
    make_folder("t");
    make_folder("t/a");
    make_folder("t/a.d");
    make_folder("t/a0");
    make_folder("t/empty");
    make_file("t/a-1.csv");
    make_file("t/a.csv");
    make_file("t/a.d/x.csv");
    make_file("t/a/z.csv");
    make_file("t/a/b.json");
    make_file("t/a0/y.csv.gz");
    make_file("t/Z.csv");
    make_file("t/\xc3\xa9.csv");
    assert_walk("t", "t/Z.csv\nt/a-1.csv\nt/a.csv\nt/a.d/x.csv\nt/a/b.json\nt/a/z.csv\n"
                     "t/a0/y.csv.gz\nt/\xc3\xa9.csv\n");
    assert_walk("t/empty", "");
    assert_walk("t/a/", "t/a/b.json\nt/a/z.csv\n");
    assert_walk("./t/a", "./t/a/b.json\n./t/a/z.csv\n");
    /* Named ones take their place in the same order. */
    assert_walk("t/a0 - t/a.csv t/a t/a.d", "*-\n*t/a.csv\nt/a.d/x.csv\nt/a/b.json\nt/a/z.csv\n"
                                            "t/a0/y.csv.gz\n");
}

static void test_each_path_comes_once(void **state)
{
    (void)state;
    make_folder("t");
    make_folder("t/a");
    make_file("t/a/1.csv");
    make_file("t/a/2.csv");
    make_file("t/b.csv");
    assert_walk("t t/ t/a t/b.csv t t/a/2.csv - -",
                "*-\n*=-\n*=t\n*=t/\nt/a/1.csv\n*t/a/2.csv\n*t/b.csv\n");
}

static void test_what_is_taken(void **state)
{
    (void)state;
    make_folder("t");
    make_folder("t/.hidden");
    make_folder("t/folder.csv");
    make_file("t/.hidden/x.csv");
    make_file("t/.x.csv");
    make_file("t/x.txt");
    make_file("t/csv");
    make_file("t/x.CSV");
    make_file("t/x.csv");
    make_file("t/folder.csv/y.json");
    assert_int_equal(mkfifo("t/fifo.csv", 0600), 0);
    assert_int_equal(symlink("x.txt", "t/link.csv"), 0);
    assert_int_equal(symlink("x.csv", "t/link.txt"), 0);
    assert_int_equal(symlink("folder.csv", "t/linked-folder"), 0);
    assert_int_equal(symlink("folder.csv", "t/linked-folder.csv"), 0);
    assert_int_equal(symlink(".", "t/self"), 0);
    assert_int_equal(symlink("fifo.csv", "t/to-fifo.csv"), 0);
    assert_int_equal(symlink("nowhere", "t/dangling.csv"), 0); /* opening it says what is wrong */
    assert_walk("t", "t/dangling.csv\nt/folder.csv/y.json\nt/link.csv\nt/x.csv\n");
    /* A named path comes whatever it is called, and a named link to a folder is searched. */
    assert_walk("t/x.txt t/fifo.csv t/.hidden t/linked-folder",
                "t/.hidden/x.csv\n*t/fifo.csv\nt/linked-folder/y.json\n*t/x.txt\n");
}

static void test_errors(void **state)
{
    struct str given[] = {STR("missing"), STR("x\0y"), STR("")};
    struct walk *walk = walk_new(given, 3, suffixes, 3);
    struct walk_entry entry;

    (void)state;
    assert_walk("missing missing other", "*!missing\n*=missing\n*!other\n");
    assert_true(walk_next(walk, &entry));
    assert_string_equal(entry.err.text, "cannot open: No such file or directory");
    assert_true(walk_next(walk, &entry));
    assert_true(str_eq(entry.path, STR("missing")));
    assert_true(walk_next(walk, &entry));
    assert_true(str_eq(entry.path, STR("x\0y")));
    assert_string_equal(entry.err.text, "cannot open: Invalid argument");
    assert_false(walk_next(walk, &entry));
    walk_free(walk);
    make_folder("t");
    make_folder("t/locked");
    make_file("t/a.csv");
    make_file("t/locked.csv");
    assert_int_equal(chmod("t/locked", 0), 0);
    if (access("t/locked", R_OK) == 0) { /* root may look everywhere */
        assert_walk("t", "t/a.csv\nt/locked.csv\n");
    } else {
        assert_walk("t t/locked", "t/a.csv\nt/locked.csv\n!t/locked\n");
    }
    assert_int_equal(chmod("t/locked", 0755), 0);
}

/* 64 folders deep is searched, 65 is said to be too deep. */
static void test_depth(void **state)
{
    struct buf path;
    char start[64];
    struct walk *walk = NULL;
    struct walk_entry entry;
    struct str given = STR("d");
    size_t good_n = 0;

    buf_init(&path, 4096);
    for (int depth = 1; depth <= 65; depth++) {
        buf_str(&path, depth == 1 ? STR("d") : STR("/d"));
        good_n = depth == 64 ? path.n : good_n;
        buf_char(&path, '\0');
        make_folder(path.p);
        path.n--;
        if (depth >= 64) {
            (void)snprintf(start, sizeof start, "/%d.csv%c", depth, '\0');
            buf_str(&path, str_from(start));
            buf_char(&path, '\0');
            make_file(path.p);
            path.n -= strlen(start) + 1;
        }
    }
    walk = walk_new(&given, 1, suffixes, 3);
    assert_true(walk_next(walk, &entry));
    assert_int_equal(entry.err.kind, ERR_NONE);
    assert_true(str_ends(entry.path, STR("/64.csv")));
    assert_int_equal(entry.path.n, good_n + 7);
    assert_true(walk_next(walk, &entry));
    assert_string_equal(entry.err.text, "folders are nested more than 64 deep");
    assert_true(str_eq(entry.path, buf_text(&path)));
    assert_false(walk_next(walk, &entry));
    walk_free(walk);
    buf_release(&path);
    (void)state;
}

/* Names with every kind of shared beginning, against a sort that is not ours. */
static int name_compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void test_many_names_are_sorted(void **state)
{
    enum { COUNT = 3000, NAME_SIZE = 48 };
    static char names[COUNT][NAME_SIZE];
    struct str given = STR("t");
    struct walk *walk = NULL;
    struct walk_entry entry;
    uint32_t x = 12345;

    (void)state;
    make_folder("t");
    for (size_t i = 0; i < COUNT; i++) {
        x = x * 1664525 + 1013904223;
        static const char *const starts[] = {"report-", "rep", "\xf0z", "\xe2\x82\xac", "\x80", ""};
        const char *start = starts[(x >> 24) % 6];
        (void)snprintf(names[i], NAME_SIZE, "t/%s%0*u.csv", start, (int)(x >> 20 & 15),
                       (unsigned)i * 7919 % COUNT);
        make_file(names[i]);
    }
    qsort(names, COUNT, NAME_SIZE, name_compare);
    walk = walk_new(&given, 1, suffixes, 3);
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(walk_next(walk, &entry));
        assert_true(str_eq(entry.path, str_from(names[i])));
    }
    assert_false(walk_next(walk, &entry));
    walk_free(walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_nothing_given, setup, teardown),
        cmocka_unit_test_setup_teardown(test_order_is_of_whole_paths, setup, teardown),
        cmocka_unit_test_setup_teardown(test_each_path_comes_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_names_are_sorted, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
