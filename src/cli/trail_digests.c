#include "cli/trail_digests.h"

#include <stdio.h>

#include "os/file.h"
#include "render/json.h"
#include "render/number.h"

enum { KEYS_SIZE_MAX = 16 << 20, PAGES_MAX = 100 };

static bool read_keys(struct digests *digests, struct str path, struct err *err)
{
    struct buf text;
    bool ok = false;

    buf_init(&text, KEYS_SIZE_MAX);
    ok = file_read_all(path, KEYS_SIZE_MAX, &text, err) &&
         digests_add_keys(digests, buf_text(&text), err);
    if (!ok) {
        err_place(err, path, 0, 0);
    }
    buf_release(&text);
    return ok;
}

/* The keys that were good in a span of time, of one region. */
static bool fetch_region(struct digests *digests, struct aws_session *session,
                         const struct digest_span *span, struct err *err)
{
    struct buf body, token;
    bool ok = true, more = true;

    buf_init(&body, 1 << 20);
    buf_init(&token, 1 << 20);
    for (unsigned page = 0; ok && more && page < PAGES_MAX; page++) {
        struct json_writer json = {.out = &body};
        struct aws_call call = {
            .service = AWS_CLOUDTRAIL, .operation = "ListPublicKeys", .region = span->region};
        struct aws_answer answer = {0};
        struct aws_failure failure;

        buf_clear(&body);
        json_open(&json, '{');
        json_key(&json, STR("StartTime"));
        json_i64(&json, span->since);
        json_key(&json, STR("EndTime"));
        json_i64(&json, span->until);
        if (token.n > 0) {
            json_member_text(&json, STR("NextToken"), buf_text(&token));
        }
        json_close(&json, '}');
        call.body = buf_text(&body);
        ok = aws_send(session, &call, &answer, &failure, err) &&
             digests_add_keys(digests, buf_text(&answer.body), err);
        buf_clear(&token);
        buf_str(&token, ok ? tree_text(answer.result, "NextToken") : STR(""));
        more = token.n > 0;
        aws_answer_release(&answer);
    }
    buf_release(&body);
    buf_release(&token);
    return ok;
}

static bool fetch_keys(struct digests *digests, const struct args *args, struct trail_input *input,
                       struct err *err)
{
    struct digest_span span;
    bool ok = input->connection.http != NULL || connection_open(&input->connection, args, err);

    for (size_t i = 0; ok && digests_span(digests, i, &span); i++) {
        ok = fetch_region(digests, &input->connection.session, &span, err);
    }
    if (!ok) {
        err_hint(err, "or give the keys with --digest-keys: 'aws cloudtrail list-public-keys' "
                      "prints them");
    }
    return ok;
}

bool trail_digests_check(struct digests *digests, const struct args *args,
                         struct trail_input *input, digest_problem_fn tell, void *shared,
                         struct digest_totals *totals, struct err *err)
{
    struct str path = args_value(args, "digest-keys", STR(""));
    bool ok = path.n > 0 ? read_keys(digests, path, err) : fetch_keys(digests, args, input, err);

    return ok && digests_check(digests, tell, shared, totals, err);
}

void trail_digests_write(struct buf *out, const struct digest_totals *totals)
{
    number_counted(out, totals->digests, STR("digest"));
    buf_str(out, STR(" in "));
    number_counted(out, totals->chains, STR("chain"));
    buf_str(out, STR(": "));
    number_counted(out, totals->signatures, STR("signature"));
    buf_str(out, STR(" and "));
    number_counted(out, totals->files, STR("log file"));
    buf_str(out, STR(" are right, "));
    number_counted(out, totals->problems, STR("problem"));
    if (totals->unsigned_ends > 0) {
        buf_str(out, STR("; the newest digest of "));
        number_counted(out, totals->unsigned_ends, STR("chain"));
        buf_str(out, STR(" has its signature in the bucket alone"));
    }
}
