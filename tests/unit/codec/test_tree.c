#include "codec/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define assert_text(s, literal) assert_true(str_eq(s, STR(literal)))

static bool read_xml(struct arena *arena, const char *text, const struct tree **out,
                     struct err *err)
{
    arena_reset(arena);
    *err = (struct err){0};
    return tree_read_xml(arena, str_from(text), out, err);
}

static void test_xml(void **state)
{
    struct arena arena;
    struct err err;
    const struct tree *root = NULL, *user = NULL;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_true(read_xml(&arena,
                         "<?xml version=\"1.0\"?>\n<R xmlns=\"https://iam/\"><Users a=\"b\">\n"
                         "  <member><Name>a&amp;b&#x20;<![CDATA[<c>]]></Name><Empty/></member>\n"
                         "  <member><Name>d</Name></member></Users><Is>true</Is></R>",
                         &root, &err));
    assert_text(root->name, "R");
    user = tree_first(root, "Users");
    assert_text(tree_text(user, "Name"), "a&b <c>");
    assert_non_null(tree_find(user, "Empty"));
    assert_text(tree_text(user, "Empty"), "");
    assert_text(tree_text(user->next, "Name"), "d");
    assert_null(user->next->next);
    assert_text(tree_text(root, "Users"), ""); /* blanks between elements are no text */
    assert_text(tree_text(root, "Is"), "true");
    assert_text(tree_text(root, "Users.member.Name"), "a&b <c>");
    assert_null(tree_find(root, "Users.nobody.Name"));
    assert_null(tree_first(NULL, "Users"));
    assert_text(root->name, "R");
    arena_release(&arena);
}

static void test_xml_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "   ",
        "<a>",
        "<a></b>",
        "<a>\xff</a>",
        "<a/><b/>",
        "<!DOCTYPE html><html><head><title>502</title></head></html>",
        "<!DOCTYPE a [<!ENTITY b \"cc\">]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM \"http://127.0.0.1/a.dtd\"><a/>",
        "<a>&b;</a>",
        "{\"not\": \"xml\"}",
    };
    struct arena arena;
    struct err err;
    struct buf deep;
    const struct tree *root = NULL;

    (void)state;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(read_xml(&arena, bad[i], &root, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_null(root);
    }
    buf_init(&deep, 1 << 16);
    for (int i = 0; i < TREE_DEPTH_MAX + 2; i++) {
        buf_str(&deep, STR("<a>"));
    }
    err = (struct err){0};
    assert_false(tree_read_xml(&arena, buf_text(&deep), &root, &err));
    assert_non_null(strstr(err.text, "deep"));
    buf_release(&deep);
    arena_release(&arena);
    arena_init(&arena, 4096);
    buf_init(&deep, 1 << 16);
    buf_str(&deep, STR("<a>"));
    buf_fill(&deep, 'x', 8192);
    buf_str(&deep, STR("</a>"));
    err = (struct err){0};
    assert_false(tree_read_xml(&arena, buf_text(&deep), &root, &err));
    assert_non_null(strstr(err.text, "too large"));
    buf_release(&deep);
    arena_release(&arena);
}

static void test_json(void **state)
{
    struct arena arena;
    struct err err = {0};
    const struct tree *root = NULL, *account = NULL;

    (void)state;
    arena_init(&arena, 1 << 20);
    assert_true(tree_read_json(&arena,
                               STR("{\"Accounts\":[{\"Id\":\"1\",\"N\\u0061me\":\"a\\\"b\"},"
                                   "{\"Id\":2,\"Gone\":null}],\"Token\":null,\"Is\":false,"
                                   "\"None\":[]}"),
                               &root, &err));
    account = tree_first(root, "Accounts");
    assert_text(account->name, "member");
    assert_text(tree_text(account, "Id"), "1");
    assert_text(tree_text(account, "Name"), "a\"b");
    assert_text(tree_text(account->next, "Id"), "2");
    assert_null(tree_find(account->next, "Gone"));
    assert_null(tree_find(root, "Token"));
    assert_text(tree_text(root, "Is"), "false");
    assert_non_null(tree_find(root, "None"));
    assert_null(tree_first(root, "None"));
    assert_false(tree_read_json(&arena, STR("{\"a\":}"), &root, &err));
    arena_reset(&arena);
    err = (struct err){0};
    assert_false(tree_read_json(&arena, STR("<html>"), &root, &err));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xml),
        cmocka_unit_test(test_xml_refused),
        cmocka_unit_test(test_json),
    };

    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
