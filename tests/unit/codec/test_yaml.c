#include "codec/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena, 256 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct yaml_node *parse(struct str text)
{
    const struct yaml_node *root = NULL;
    struct err err = {0};

    if (!yaml_parse(&arena, text, &root, &err)) {
        fail_msg("%u:%u: %s", err.line, err.col, err.text);
    }
    return root;
}

static void assert_place(const struct yaml_node *node, struct str source, unsigned line,
                         unsigned col, struct str written)
{
    assert_non_null(node);
    assert_int_equal(node->line, line);
    assert_int_equal(node->col, col);
    assert_true(str_eq(str_sub(source, node->begin, node->end), written));
}

static void test_tree(void **state)
{
    struct str source = STR("# rules\n"
                            "- id: root-mfa\n"
                            "  title: \"a: b\"\n"
                            "  params: {days: 90, 'x': }\n"
                            "- [1, two]\n");
    const struct yaml_node *root = parse(source), *item = root->first, *params = NULL;

    (void)state;
    assert_int_equal(root->kind, YAML_SEQUENCE);
    assert_int_equal(root->count, 2);
    assert_int_equal(item->kind, YAML_MAPPING);
    assert_int_equal(item->count, 3);
    assert_true(str_eq(yaml_get(item, STR("id"))->text, STR("root-mfa")));
    assert_true(yaml_get(item, STR("id"))->is_plain);
    assert_false(yaml_get(item, STR("title"))->is_plain);
    assert_true(str_eq(yaml_get(item, STR("title"))->text, STR("a: b")));
    params = yaml_get(item, STR("params"));
    assert_int_equal(params->count, 2);
    assert_true(str_eq(params->first->key->text, STR("days")));
    assert_true(str_eq(params->first->text, STR("90")));
    assert_int_equal(yaml_get(params, STR("x"))->text.n, 0);
    assert_int_equal(item->next->kind, YAML_SEQUENCE);
    assert_int_equal(item->next->count, 2);
    assert_null(item->next->next);
    assert_null(yaml_get(item, STR("nothing")));
    assert_null(yaml_get(root, STR("id")));
    assert_null(yaml_get(NULL, STR("id")));
    assert_place(root, source, 2, 1, str_sub(source, 8, source.n - 1));
    assert_place(item, source, 2, 3, str_sub(source, 10, source.n - 12));
    assert_place(yaml_get(item, STR("title")), source, 3, 10, STR("\"a: b\""));
    assert_place(yaml_get(item, STR("title"))->key, source, 3, 3, STR("title"));
    assert_place(params, source, 4, 11, STR("{days: 90, 'x': }"));
}

/* libyaml counts characters and has line breaks of its own; places are bytes and editors' lines. */
static void test_places_behind_wide_characters(void **state)
{
    struct str source = STR("\xef\xbb\xbf"
                            "\xc3\xa9: \xe2\x82\xac\xe2\x82\xac\r\n"
                            "x: [\xf0\x9f\x98\x80, here]\r"
                            "y: '\xe2\x80\xa8', z\n");
    struct str good = str_sub(source, 0, source.n - 4);
    const struct yaml_node *root = NULL;
    struct err err = {0};

    (void)state;
    assert_false(yaml_parse(&arena, source, &root, &err));
    assert_int_equal(err.line, 3);
    root = parse(good);
    assert_place(root->first, good, 1, 5, STR("\xe2\x82\xac\xe2\x82\xac"));
    assert_place(root->first->next->first->next, good, 2, 11, STR("here"));
    assert_place(root->first->next->next, good, 3, 4, STR("'\xe2\x80\xa8'"));
}

static void test_block_scalars(void **state)
{
    const struct yaml_node *root = parse(STR("a: |\n  one\n  two\nb: >-\n  x\n  y\nc: z\n"));

    (void)state;
    assert_true(str_eq(yaml_get(root, STR("a"))->text, STR("one\ntwo\n")));
    assert_true(yaml_get(root, STR("a"))->is_block);
    assert_true(str_eq(yaml_get(root, STR("b"))->text, STR("x y")));
    assert_false(yaml_get(root, STR("c"))->is_block);
}

static void test_refused(void **state)
{
    static const struct {
        struct str text;
        unsigned line, col;
        const char *message;
    } cases[] = {
        {STR_LIT(""), 1, 1, "nothing in it"},
        {STR_LIT("# only this\n"), 2, 1, "nothing in it"},
        {STR_LIT("a: &x 1\n"), 1, 4, "anchors are not allowed"},
        {STR_LIT("- &x [1]\n"), 1, 3, "anchors are not allowed"},
        {STR_LIT("- &x {a: 1}\n"), 1, 3, "anchors are not allowed"},
        {STR_LIT("- 1\n- *x\n"), 2, 3, "aliases are not allowed"},
        {STR_LIT("a: !!str 1\n"), 1, 4, "tags are not allowed"},
        {STR_LIT("a: !x [1]\n"), 1, 4, "tags are not allowed"},
        {STR_LIT("a: ! 1\n"), 1, 4, "tags are not allowed"},
        {STR_LIT("- !x {}\n"), 1, 3, "tags are not allowed"},
        {STR_LIT("a: 1\n---\nb: 2\n"), 2, 1, "second document"},
        {STR_LIT("a: 1\nb: 2\n'a': 3\n"), 3, 1, "the key 'a' is there twice"},
        {STR_LIT("{a: 1, a: 2, a: 3}"), 1, 8, "the key 'a' is there twice"},
        {STR_LIT("? [a]\n: 1\n"), 1, 3, "a key must be plain text"},
        {STR_LIT("{{a: 1}: 2}"), 1, 2, "a key must be plain text"},
        {STR_LIT("a: b: c\n"), 1, 5, "mapping values are not allowed"},
        {STR_LIT("a: [1\n"), 2, 1, "did not find expected"},
        {STR_LIT("a: 'x\n"), 2, 1, "unexpected end of stream"},
        {STR_LIT("\ta: 1\n"), 1, 1, "cannot start any token"},
        {STR_LIT("a: 1\nb: \xff\n"), 2, 4, "UTF-8"},
        {STR_LIT("a: 1\nb: \x01\n"), 2, 4, "control characters"},
        {STR_LIT("\xff\xfe\x61\x00"), 1, 1, "UTF-8"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct yaml_node *root = NULL;
        struct err err = {0};
        if (yaml_parse(&arena, cases[i].text, &root, &err)) {
            fail_msg("accepted: %.*s", STR_ARG(cases[i].text));
        }
        if (strstr(err.text, cases[i].message) == NULL || err.line != cases[i].line ||
            err.col != cases[i].col) {
            fail_msg("%.*s: %u:%u: %s", STR_ARG(cases[i].text), err.line, err.col, err.text);
        }
        assert_null(root);
    }
}

static bool nested(int depth, struct err *err)
{
    struct buf text;
    const struct yaml_node *root = NULL;
    bool ok = false;

    buf_init(&text, 1 << 20);
    buf_fill(&text, '[', (size_t)depth);
    buf_fill(&text, ']', (size_t)depth);
    ok = yaml_parse(&arena, buf_text(&text), &root, err);
    buf_release(&text);
    return ok;
}

static void test_depth(void **state)
{
    struct err err = {0};

    (void)state;
    assert_true(nested(32, &err));
    assert_false(nested(33, &err));
    assert_non_null(strstr(err.text, "nested too deeply"));
    err = (struct err){0};
    assert_false(nested(100000, &err));
}

static void test_sizes(void **state)
{
    const struct yaml_node *root = NULL;
    struct err many = {0}, large = {0}, full = {0};
    struct arena small;
    struct buf text;

    (void)state;
    buf_init(&text, 16 << 20);
    for (int i = 0; i < 199999; i++) {
        buf_str(&text, STR("- x\n"));
    }
    assert_int_equal(parse(buf_text(&text))->count, 199999);
    buf_str(&text, STR("- x\n"));
    assert_false(yaml_parse(&arena, buf_text(&text), &root, &many));
    assert_non_null(strstr(many.text, "too many values"));
    assert_int_equal(many.line, 200000);
    arena_init(&small, 10000);
    assert_false(yaml_parse(&small, buf_text(&text), &root, &full));
    assert_non_null(strstr(full.text, "too large"));
    arena_release(&small);
    buf_fill(&text, ' ', (8 << 20) + 1 - text.n);
    assert_false(yaml_parse(&arena, buf_text(&text), &root, &large));
    assert_non_null(strstr(large.text, "larger than 8388608 bytes"));
    buf_release(&text);
}

static void test_many_keys_are_compared_fast(void **state)
{
    const struct yaml_node *root = NULL;
    struct err err = {0};
    struct buf text;

    (void)state;
    buf_init(&text, 8 << 20);
    for (int i = 0; i < 90000; i++) {
        buf_printf(&text, "key-%06d: 1\n", (i * 7919) % 90000);
    }
    assert_int_equal(parse(buf_text(&text))->count, 90000);
    buf_str(&text, STR("key-000777: 1\n"));
    assert_false(yaml_parse(&arena, buf_text(&text), &root, &err));
    assert_int_equal(err.line, 90001);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, setup, teardown),
        cmocka_unit_test_setup_teardown(test_places_behind_wide_characters, setup, teardown),
        cmocka_unit_test_setup_teardown(test_block_scalars, setup, teardown),
        cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
        cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_keys_are_compared_fast, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
