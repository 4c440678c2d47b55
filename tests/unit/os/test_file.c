#include "os/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Each test runs in an empty folder of its own. */
static int setup(void **state)
{
    static char folder[64];

    (void)snprintf(folder, sizeof folder, "/tmp/keywarden-test-XXXXXX");
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return -1;
    }
    (void)signal(SIGPIPE, SIG_IGN); /* as the program does */
    (void)umask(022);
    *state = folder;
    return 0;
}

static size_t folder_count(void)
{
    DIR *folder = opendir(".");
    size_t count = 0;

    assert_non_null(folder);
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count - 2;
}

static int teardown(void **state)
{
    DIR *folder = opendir(".");
    const struct dirent *entry = NULL;

    while ((entry = readdir(folder)) != NULL) {
        if (unlink(entry->d_name) != 0) {
            (void)rmdir(entry->d_name);
        }
    }
    (void)closedir(folder);
    return chdir("/") != 0 || rmdir(*state) != 0 ? -1 : 0;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void assert_holds(const char *path, const char *text)
{
    struct buf buf;
    struct err err = {0};

    buf_init(&buf, 1 << 20);
    assert_true(file_read_all(str_from(path), 1 << 20, &buf, &err));
    assert_true(str_eq(buf_text(&buf), str_from(text)));
    buf_release(&buf);
}

static void test_read_in_pieces(void **state)
{
    struct file_in in = {0};
    struct err err = {0};
    char to[8];
    size_t got = 0;

    (void)state;
    put("f", "abcdefghij");
    assert_true(file_in_open(&in, STR("f"), &err));
    assert_true(in.is_regular);
    assert_int_equal(in.size, 10);
    assert_true(fcntl(in.fd, F_GETFD) & FD_CLOEXEC);
    assert_true(file_in_read(&in, to, 8, &got, &err));
    assert_int_equal(got, 8);
    assert_true(file_in_read(&in, to, 8, &got, &err));
    assert_int_equal(got, 2);
    assert_memory_equal(to, "ij", 2);
    assert_true(file_in_read(&in, to, 8, &got, &err));
    assert_int_equal(got, 0);
    file_in_close(&in);
    file_in_close(&in);
    in = (struct file_in){0};
    file_in_close(&in);
    assert_true(fcntl(0, F_GETFD) >= 0); /* a zeroed struct is not descriptor 0 */
}

static void test_open_errors(void **state)
{
    static const struct {
        struct str path;
        const char *text;
    } cases[] = {
        {STR_LIT("missing"), "cannot open: No such file or directory"},
        {STR_LIT("."), "is a directory"},
        {STR_LIT("f/x"), "cannot open: Not a directory"},
        {STR_LIT(""), "cannot open: No such file or directory"},
        {STR_LIT("f\0g"), "the file name holds a NUL byte"},
    };

    (void)state;
    put("f", "x");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_in in = {0};
        struct err err = {0};
        assert_false(file_in_open(&in, cases[i].path, &err));
        assert_false(in.is_open);
        assert_string_equal(err.text, cases[i].text);
        assert_string_equal(err.place, "");
        assert_int_equal(err.kind, ERR_INPUT);
    }
}

static void test_standard_input(void **state)
{
    struct buf buf;
    struct err err = {0};
    int saved = dup(0), ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "piped", 5), 5);
    (void)close(ends[1]);
    assert_true(dup2(ends[0], 0) == 0);
    (void)close(ends[0]);
    buf_init(&buf, 100);
    assert_true(file_read_all(STR("-"), 5, &buf, &err));
    assert_true(str_eq(buf_text(&buf), STR("piped")));
    assert_true(fcntl(0, F_GETFD) >= 0); /* stays open */
    buf_release(&buf);
    assert_true(dup2(saved, 0) == 0);
    (void)close(saved);
}

static void test_read_all_has_limits(void **state)
{
    struct buf buf;
    struct err large = {0}, full = {0}, growing = {0}, err = {0};

    (void)state;
    put("f", "0123456789");
    buf_init(&buf, 100);
    buf_str(&buf, STR("kept "));
    assert_false(file_read_all(STR("f"), 9, &buf, &large));
    assert_string_equal(large.text, "larger than 9 bytes");
    assert_true(file_read_all(STR("f"), 10, &buf, &err));
    assert_true(str_eq(buf_text(&buf), STR("kept 0123456789")));
    assert_false(file_read_all(STR("/dev/zero"), 50, &buf, &growing)); /* says no size */
    assert_string_equal(growing.text, "larger than 50 bytes");
    assert_int_equal(buf.n, 15);
    buf_release(&buf);
    buf_init(&buf, 1 << 20);
    growing = (struct err){0};
    assert_false(file_read_all(STR("/dev/zero"), 200000, &buf, &growing)); /* many reads */
    assert_int_equal(buf.n, 0);
    buf_release(&buf);
    buf_init(&buf, 9);
    assert_false(file_read_all(STR("f"), 1000, &buf, &full));
    assert_string_equal(full.text, "larger than 9 bytes");
    buf_release(&buf);
    buf_init(&buf, 1 << 20);
    assert_true(file_read_all(STR("/proc/self/status"), 1 << 16, &buf, &err)); /* says size 0 */
    assert_true(buf.n > 100);
    buf_release(&buf);
}

static void assert_ours(const char *path, const char *said)
{
    struct err err = {0};
    struct buf out;
    bool ok = false;

    buf_init(&out, 100);
    ok = file_read_ours(str_from(path), 10, &out, &err);
    assert_string_equal(err.text, said);
    assert_int_equal(ok, said[0] == '\0');
    assert_true(str_eq(buf_text(&out), ok ? STR("a = b\n") : STR("")));
    buf_release(&out);
}

static void test_only_what_is_ours_is_read(void **state)
{
    (void)state;
    put("f", "a = b\n");
    assert_int_equal(symlink("f", "l"), 0);
    assert_ours("f", "");
    assert_ours("l", "");
    assert_int_equal(chmod("f", 0664), 0);
    assert_ours("f", "others may write to it");
    assert_int_equal(chmod("f", 0646), 0);
    assert_ours("l", "others may write to it");
    assert_int_equal(chmod("f", 0644), 0);
    assert_int_equal(mkfifo("p", 0600), 0);
    assert_ours("p", "is no regular file");
    assert_ours(".", "is no regular file");
    assert_ours("none", "cannot open: No such file or directory");
    put("large", "0123456789a");
    assert_ours("large", "larger than 10 bytes");
    if (geteuid() == 0) {
        assert_int_equal(lchown("l", 12345, 12345), 0);
        assert_ours("l", "belongs to another user");
        assert_int_equal(chown("f", 12345, 12345), 0);
        assert_ours("f", "belongs to another user");
    }
    assert_true(file_exists(STR("l")) && !file_exists(STR("none")));
    assert_int_equal(unlink("f"), 0);
    assert_true(file_exists(STR("l")));
}

static void test_commit_replaces_at_once(void **state)
{
    struct file_out out = {0};
    struct err err = {0};

    (void)state;
    put("f", "old");
    assert_int_equal(chmod("f", 0664), 0);
    assert_true(file_out_open(&out, STR("f"), &err));
    assert_false(out.is_stdout);
    assert_true(file_out_write(&out, STR("new "), &err));
    assert_true(file_out_write(&out, STR("text"), &err));
    assert_holds("f", "old");
    assert_int_equal(folder_count(), 2);
    assert_true(file_out_commit(&out, &err));
    file_out_abandon(&out); /* no-op */
    assert_holds("f", "new text");
    assert_int_equal(folder_count(), 1);
    struct stat info;
    assert_int_equal(stat("f", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0664); /* the old one's, whatever the umask */
}

static void test_new_file_obeys_the_umask(void **state)
{
    struct file_out out = {0};
    struct err err = {0};
    struct stat info;

    (void)state;
    (void)umask(027);
    assert_true(file_out_open(&out, STR("new"), &err));
    assert_true(file_out_commit(&out, &err));
    assert_int_equal(stat("new", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    (void)umask(022);
}

static void test_abandon_leaves_nothing(void **state)
{
    struct file_out out = {0};
    struct err err = {0};

    (void)state;
    put("f", "old");
    assert_true(file_out_open(&out, STR("f"), &err));
    assert_true(file_out_write(&out, STR("new"), &err));
    file_out_abandon(&out);
    file_out_abandon(&out);
    assert_holds("f", "old");
    assert_int_equal(folder_count(), 1);
}

static void test_links_are_followed(void **state)
{
    struct file_out out = {0};
    struct err err = {0}, loop = {0};
    struct stat info;

    (void)state;
    assert_int_equal(mkdir("d", 0755), 0);
    assert_int_equal(symlink("d/b", "a"), 0);
    assert_int_equal(symlink("../c", "d/b"), 0); /* c does not exist yet */
    assert_true(file_out_open(&out, STR("a"), &err));
    assert_true(file_out_write(&out, STR("x"), &err));
    assert_true(file_out_commit(&out, &err));
    assert_holds("c", "x");
    assert_int_equal(lstat("a", &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(unlink("d/b"), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_false(file_out_open(&out, STR("loop"), &loop));
    assert_non_null(strstr(loop.text, "'loop'"));
}

static void test_fifo_is_written_directly(void **state)
{
    struct file_out out = {0};
    struct err err = {0};
    char to[8];
    int reader = -1;

    (void)state;
    assert_int_equal(mkfifo("p", 0600), 0);
    reader = open("p", O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    assert_true(file_out_open(&out, STR("p"), &err));
    assert_null(out.temporary);
    assert_true(file_out_write(&out, STR("direct"), &err));
    assert_true(file_out_commit(&out, &err));
    assert_int_equal(read(reader, to, sizeof to), 6);
    (void)close(reader);
    assert_int_equal(folder_count(), 1);
}

static void test_out_errors(void **state)
{
    struct file_out out = {0};
    struct err folder = {0}, missing = {0}, nul = {0};

    (void)state;
    assert_false(file_out_open(&out, STR("."), &folder));
    assert_string_equal(folder.text, "cannot open '.': Is a directory");
    assert_false(file_out_open(&out, STR("no/f"), &missing));
    assert_string_equal(missing.text, "cannot open 'no/f': No such file or directory");
    assert_string_equal(missing.hint, "create the folder first");
    assert_false(file_out_open(&out, STR("a\0b"), &nul));
    file_out_abandon(&out);
    assert_int_equal(folder_count(), 0);
}

/* A device whose disk is always full; NULL when there is none to be had. A broken file.c, tried as
 * root, could replace the one in /dev: so root makes one in the test's own folder, and others, who
 * can do no harm there, use that of /dev. */
static const char *full_device(void)
{
    const mode_t mode = S_IFCHR | 0600;
    const char *path = geteuid() == 0 ? "full" : "/dev/full";
    struct stat info = {0};
    int fd = -1;

    if (geteuid() == 0 && mknod(path, mode, makedev(1, 7)) != 0) {
        return NULL;
    }
    if (lstat(path, &info) != 0 || !S_ISCHR(info.st_mode) || info.st_rdev != makedev(1, 7)) {
        return NULL;
    }
    fd = open(path, O_WRONLY | O_CLOEXEC); /* not everywhere may devices be opened */
    if (fd < 0) {
        return NULL;
    }
    (void)close(fd);
    return path;
}

static void test_full_disk(void **state)
{
    const char *path = full_device();
    struct file_out out = {0};
    struct err err = {0};
    char wanted[100];

    (void)state;
    if (path == NULL) {
        print_message("skipped: no device that is always full can be had here\n");
        skip();
    }
    assert_true(file_out_open(&out, str_from(path), &err));
    assert_false(file_out_write(&out, STR("x"), &err));
    assert_int_equal(err.kind, ERR_INPUT);
    (void)snprintf(wanted, sizeof wanted, "cannot write to '%s': No space left on device", path);
    assert_string_equal(err.text, wanted);
    assert_non_null(strstr(err.hint, "free space"));
    file_out_abandon(&out);
}

static void test_file_size_limit(void **state)
{
    struct file_out out = {0};
    struct err err = {0};
    struct rlimit before, small;
    static char block[8192];
    bool ok = false;

    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 4096;
    assert_true(file_out_open(&out, STR("f"), &err));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    ok = file_out_write(&out, (struct str){block, sizeof block}, &err); /* half of it fits */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(ok);
    assert_string_equal(err.text, "cannot write to 'f': File too large");
    file_out_abandon(&out);
    assert_int_equal(folder_count(), 0);
}

static void test_closed_pipe_on_standard_output(void **state)
{
    struct file_out out = {0};
    struct err err = {0};
    int saved = 0, ends[2];
    bool ok = true;

    (void)state;
    (void)fflush(stdout);
    saved = dup(1);
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    assert_true(dup2(ends[1], 1) == 1);
    (void)close(ends[1]);
    ok = file_out_open(&out, STR("-"), &err) && file_out_write(&out, STR("x"), &err);
    file_out_abandon(&out);
    assert_true(dup2(saved, 1) == 1); /* abandoning did not close it */
    (void)close(saved);
    assert_false(ok);
    assert_string_equal(err.text, "cannot write to standard output: its reader has gone");
    assert_int_not_equal(err.hint[0], '\0');
}

static void test_non_blocking_output(void **state)
{
    struct file_out out = {0};
    struct err err = {0};
    static char block[300000];
    int ends[2];
    pid_t child = -1;

    (void)state;
    (void)fflush(stdout);
    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        char to[4096];
        size_t total = 0;
        ssize_t n = 0;
        (void)close(ends[1]);
        (void)usleep(20000); /* lets the pipe fill up first */
        while ((n = read(ends[0], to, sizeof to)) > 0) {
            total += (size_t)n;
        }
        _exit(total == sizeof block ? 0 : 1);
    }
    (void)close(ends[0]);
    assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
    out = (struct file_out){.fd = ends[1], .is_open = true};
    assert_true(file_out_write(&out, (struct str){block, sizeof block}, &err));
    file_out_abandon(&out);
    int status = -1;
    assert_true(waitpid(child, &status, 0) == child);
    assert_int_equal(status, 0);
}

static void test_abandon_all(void **state)
{
    enum { MOST = 8 };
    struct file_out outs[MOST] = {0}, one_more = {0};
    struct err err = {0}, too_many = {0};
    char name[] = "f0";

    (void)state;
    for (int i = 0; i < MOST; i++) {
        name[1] = (char)('0' + i);
        assert_true(file_out_open(&outs[i], str_from(name), &err));
    }
    assert_false(file_out_open(&one_more, STR("more"), &too_many));
    assert_true(file_out_commit(&outs[0], &err));
    assert_true(file_out_open(&one_more, STR("more"), &err)); /* its place is free again */
    assert_int_equal(folder_count(), 1 + MOST);
    file_out_abandon_all();
    assert_int_equal(folder_count(), 1); /* only what was committed */
    assert_false(file_out_commit(&one_more, &too_many));
    for (int i = 0; i < MOST; i++) {
        file_out_abandon(&outs[i]);
    }
    assert_int_equal(folder_count(), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_read_in_pieces, setup, teardown),
        cmocka_unit_test_setup_teardown(test_open_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_standard_input, setup, teardown),
        cmocka_unit_test_setup_teardown(test_read_all_has_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_only_what_is_ours_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(test_commit_replaces_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_new_file_obeys_the_umask, setup, teardown),
        cmocka_unit_test_setup_teardown(test_abandon_leaves_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links_are_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fifo_is_written_directly, setup, teardown),
        cmocka_unit_test_setup_teardown(test_out_errors, setup, teardown),
        cmocka_unit_test_setup_teardown(test_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_file_size_limit, setup, teardown),
        cmocka_unit_test_setup_teardown(test_closed_pipe_on_standard_output, setup, teardown),
        cmocka_unit_test_setup_teardown(test_non_blocking_output, setup, teardown),
        cmocka_unit_test_setup_teardown(test_abandon_all, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
