#include "collect/request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "collect/calls.h"
#include "collect/report_users.h"

static struct arena arena;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena, 16 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static void assert_str(struct str got, const char *expected)
{
    assert_int_equal(got.n, strlen(expected));
    assert_memory_equal(got.p, expected, got.n);
}

static bool read_list(const char *text, struct collect_request *request, struct err *err)
{
    struct buf buf;
    bool ok = false;

    buf_init(&buf, 1 << 20);
    buf_str(&buf, str_from(text));
    *err = (struct err){0};
    ok = request_read_accounts(&arena, STR("list"), &buf, request, err);
    buf_release(&buf);
    return ok;
}

static void test_list(void **state)
{
    struct collect_request request = {0};
    struct err err;

    (void)state;
    assert_true(read_list("# ours\r\n\r\n222233334444,Audit\r\n 111122223333 \r\n"
                          "333344445555,,\"a,b\"",
                          &request, &err));
    assert_int_equal(request.account_count, 3);
    assert_int_equal(request.accounts[0].number, 111122223333);
    assert_str(request.accounts[0].entry.role, "");
    assert_str(request.accounts[1].entry.role, "Audit");
    assert_str(request.accounts[2].entry.role, "");
    assert_str(request.accounts[2].entry.external_id, "a,b");
    /* With the mark that spreadsheets put first. */
    assert_true(read_list("\xef\xbb\xbf"
                          "Account,role\n222233334444,Audit\n",
                          &request, &err));
    assert_int_equal(request.account_count, 1);
    assert_true(read_list("Name,external_id,owner,ACCOUNT,unit,role\n"
                          "One,x,me,000000000001,/A,path/R\n",
                          &request, &err));
    assert_int_equal(request.account_count, 1);
    assert_int_equal(request.accounts[0].number, 1);
    assert_str(request.accounts[0].name, "One");
    assert_str(request.accounts[0].unit, "/A");
    assert_str(request.accounts[0].entry.role, "path/R");
    assert_str(request.accounts[0].entry.external_id, "x");
}

static void test_list_errors(void **state)
{
    static const struct {
        const char *text;
        uint32_t line;
    } bad[] = {{"", 0},
               {"# nothing\n", 0},
               {"account\n", 0},
               {"111122223333\n1111222233334\n", 2},
               {"111122223333\n\n11112222333x", 3},
               {"111122223333\n111122223333\n", 0}};
    struct collect_request request = {0};
    struct err err;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(read_list(bad[i].text, &request, &err));
        assert_int_equal(err.kind, ERR_INPUT);
        assert_string_equal(err.place, "list");
        assert_int_equal(err.line, bad[i].line);
    }
}

static void test_entry(void **state)
{
    struct collect_request request = {.is_organization = true};
    struct err err;

    (void)state;
    assert_true(read_list("111122223333,Own\n222233334444,,x\n", &request, &err));
    assert_str(request_entry(&request, 333344445555, 1).role, COLLECT_ROLE_DEFAULT);
    assert_str(request_entry(&request, 111122223333, 1).role, "Own");
    assert_str(request_entry(&request, 222233334444, 1).role, COLLECT_ROLE_DEFAULT);
    assert_str(request_entry(&request, 222233334444, 1).external_id, "x");
    /* The caller's own account is entered without a role, unless it is named with one. */
    assert_str(request_entry(&request, 333344445555, 333344445555).role, "");
    assert_str(request_entry(&request, 111122223333, 111122223333).role, "Own");
    request.entry = (struct collect_entry){STR("Audit"), STR("all")};
    assert_str(request_entry(&request, 333344445555, 1).role, "Audit");
    assert_str(request_entry(&request, 333344445555, 1).external_id, "all");
    assert_str(request_entry(&request, 333344445555, 333344445555).role, "");
    /* Alone, a role that was said is meant for it. */
    request = (struct collect_request){.entry = {STR("Audit"), STR("")}};
    assert_str(request_entry(&request, 1, 1).role, "Audit");
    request.entry.role = STR("");
    assert_str(request_entry(&request, 1, 1).role, "");
}

/* What is written can be read, whatever it holds. */
static void test_round_trip(void **state)
{
    struct collect_account accounts[] = {
        {.number = 7, .name = STR("a \"b\"\n"), .entry = {STR("R"), STR("\\x")}},
        {.number = 999999999999, .unit = STR("/Ü")}};
    struct collect_request said = {.is_organization = true,
                                   .parts = COLLECT_BASE | COLLECT_TRAILS,
                                   .has_now = true,
                                   .now = -5,
                                   .entry = {STR("role/x"), STR("id")},
                                   .session_name = STR("s"),
                                   .profile = STR("p"),
                                   .region = STR("eu-west-1"),
                                   .endpoint_url = STR("http://localhost:1"),
                                   .accounts = accounts,
                                   .account_count = 2};
    struct collect_request got = {0};
    struct err err = {0};
    struct buf text, again;

    (void)state;
    buf_init(&text, 1 << 20);
    buf_init(&again, 1 << 20);
    request_write(&said, &text);
    assert_true(request_read(&arena, buf_text(&text), &got, &err));
    request_write(&got, &again);
    assert_int_equal(text.n, again.n);
    assert_memory_equal(text.p, again.p, text.n);
    assert_int_equal(got.now, -5);
    assert_int_equal(got.accounts[0].number, 7);
    assert_str(got.accounts[0].name, "a \"b\"\n");
    buf_release(&text);
    buf_release(&again);
    assert_false(request_read(&arena, STR("{\"org\":true}"), &got, &err));
    assert_int_equal(err.kind, ERR_STORE);
}

static void test_report_users(void **state)
{
    struct report_users users = {0};
    struct err err = {0};

    (void)state;
    assert_true(report_users_read(&arena,
                                  STR("user,arn,mfa_active,access_key_1_active,access_key_2_active,"
                                      "additional_credentials_info\r\n"
                                      "<root_account>,a,true,false,false,N/A\r\n"
                                      "ada,a,true,false,true,\r\n"
                                      "\"b,\"\"ob\",a,false,false,FALSE,2 more keys\r\n"
                                      "eve,a,False,TRUE,false,no_information"),
                                  &users, &err));
    assert_int_equal(users.count, 4);
    assert_true(users.items[0].is_root && users.items[0].has_mfa);
    assert_false(users.items[0].has_active_key || users.items[0].has_more_keys);
    assert_str(users.items[1].name, "ada");
    assert_true(users.items[1].has_active_key && users.items[1].has_mfa);
    assert_false(users.items[1].has_more_keys);
    assert_str(users.items[2].name, "b,\"ob");
    assert_false(users.items[2].has_mfa || users.items[2].has_active_key);
    assert_true(users.items[2].has_more_keys);
    assert_true(users.items[3].has_active_key);
    assert_false(users.items[3].has_mfa || users.items[3].has_more_keys);
    /* An old report has fewer columns. */
    assert_true(report_users_read(&arena, STR("user,arn\nada,a\n"), &users, &err));
    assert_int_equal(users.count, 1);
    assert_false(users.items[0].has_mfa);
    assert_false(report_users_read(&arena, STR("<html>\n"), &users, &err));
    assert_int_equal(err.kind, ERR_REMOTE);
    err = (struct err){0};
    assert_false(report_users_read(&arena, STR(""), &users, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),         cmocka_unit_test(test_list_errors),
        cmocka_unit_test(test_entry),        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_report_users),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
