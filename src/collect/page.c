#include "collect/page.h"

#include <assert.h>
#include <string.h>

#include "inventory/whole.h"
#include "render/json.h"

enum {
    PAGES_MAX = 10000,
    ANSWERS_SIZE_MAX = 1 << 30,
    BODY_SIZE_MAX = 1 << 16,
    TOKEN_SIZE_MAX = 1 << 16
};

void answers_release(struct answers *answers)
{
    mem_free(answers->items);
    arena_release(&answers->arena);
    *answers = (struct answers){0};
}

/* ---- One request ---------------------------------------------------------------------------- */

static void member_write(struct json_writer *json, const char *name, struct str value, bool is_raw)
{
    if (name == NULL || value.n == 0) {
        return;
    }
    json_key(json, str_from(name));
    if (is_raw) {
        buf_str(json->out, value);
        json->comma = true;
    } else {
        json_text(json, value);
    }
}

static void body_write(struct buf *out, const struct ask *ask, struct str token)
{
    const struct call *call = ask->call;
    struct json_writer json = {.out = out};

    json_open(&json, '{');
    for (size_t i = 0; i < CALL_PARAMETER_MAX; i++) {
        const struct call_parameter *parameter = &call->parameters[i];
        member_write(&json, parameter->name, str_from(parameter->value), parameter->is_raw);
    }
    member_write(&json, call->subject, ask->subject, false);
    member_write(&json, call->paging.token_in, token, false);
    json_close(&json, '}');
}

static void parameter_add(struct ask_request *request, const char *name, struct str value)
{
    if (name != NULL && value.n > 0) {
        request->parameters[request->call.parameter_count++] = (struct aws_parameter){name, value};
    }
}

static bool has_json_body(const struct call *call)
{
    enum aws_protocol protocol = aws_service_info(call->service)->protocol;

    return protocol == AWS_JSON || (protocol == AWS_REST_JSON && strcmp(call->method, "POST") == 0);
}

void ask_request_make(struct ask_request *request, const struct ask *ask, struct str token)
{
    const struct call *call = ask->call;

    *request = (struct ask_request){.call = {.operation = call->operation,
                                             .region = ask->region,
                                             .method = call->method,
                                             .path = call->path,
                                             .service = call->service}};
    request->call.parameters = request->parameters;
    buf_init(&request->body, BODY_SIZE_MAX);
    if (has_json_body(call)) {
        body_write(&request->body, ask, token);
        request->call.body = buf_text(&request->body);
        return;
    }
    for (size_t i = 0; i < CALL_PARAMETER_MAX; i++) {
        parameter_add(request, call->parameters[i].name, str_from(call->parameters[i].value));
    }
    parameter_add(request, call->subject, ask->subject);
    parameter_add(request, call->paging.token_in, token);
}

void ask_request_release(struct ask_request *request)
{
    buf_release(&request->body);
}

/* ---- What is kept --------------------------------------------------------------------------- */

/* AWS tells the seed of a virtual MFA device only when it is made. Whatever else tells it, it is
 * not kept. */
static void seeds_blank(char *body, size_t n)
{
    static const struct str names[] = {STR_LIT("<Base32StringSeed>"), STR_LIT("<QRCodePNG>")};

    for (size_t at = 0; at < n; at++) {
        struct str rest = {body + at, n - at};
        at += str_find(rest, '<');
        rest = (struct str){body + at, n - at};
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            if (str_starts(rest, names[i])) {
                at += names[i].n;
                size_t seed = str_find((struct str){body + at, n - at}, '<');
                memset(body + at, '-', seed);
                at += seed - 1;
                break;
            }
        }
    }
}

static struct answer *answer_add(struct answers *answers, const struct ask *ask, uint32_t page)
{
    struct answer *answer = NULL;

    if (answers->count == answers->capacity) {
        answers->capacity = answers->capacity == 0 ? 16 : answers->capacity * 2;
        answers->items = mem_resize(answers->items, answers->capacity * sizeof *answers->items);
    }
    if (answers->arena.size_max == 0) {
        arena_init(&answers->arena, ANSWERS_SIZE_MAX);
    }
    answer = &answers->items[answers->count];
    *answer = (struct answer){.action = str_from(ask->call->action), .page = page};
    if (!arena_str(&answers->arena, ask->region, &answer->region) ||
        !arena_str(&answers->arena, ask->label.n > 0 ? ask->label : ask->subject,
                   &answer->subject)) {
        return NULL;
    }
    answers->count++;
    return answer;
}

static bool too_large(const struct ask *ask, struct err *err)
{
    return err_set(err, ERR_REMOTE, "%s: the answers are too large to be kept", ask->call->action);
}

static bool page_keep(struct answers *answers, const struct ask *ask, uint32_t page,
                      const struct buf *body, struct err *err)
{
    struct answer *answer = answer_add(answers, ask, page);
    char *copy = answer == NULL ? NULL : arena_alloc(&answers->arena, body->n + 1);

    if (copy == NULL) {
        return too_large(ask, err);
    }
    if (body->n > 0) {
        memcpy(copy, body->p, body->n);
        seeds_blank(copy, body->n);
    }
    answer->body = (struct str){copy, body->n};
    return true;
}

/* ---- Failures ------------------------------------------------------------------------------- */

/* Services that an organization or account does not use have nothing to tell, and say so. */
static bool is_not_in_use(const struct ask *ask, struct str code)
{
    static const struct str codes[] = {STR_LIT("ServiceAccessNotEnabledException"),
                                       STR_LIT("ServiceAccessNotEnabled"),
                                       STR_LIT("OrganizationNotInAllFeaturesModeException"),
                                       STR_LIT("OrganizationNotInAllFeaturesMode")};

    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (ask->call == call_at(CALL_LIST_FEATURES) && str_eq(code, codes[i])) {
            return true;
        }
    }
    return false;
}

static enum ask_end end_of(const struct ask *ask, const struct aws_failure *failure)
{
    struct str code = str_from(failure->code);

    if (failure->fault == HTTP_CANCELLED) {
        return ASK_STOPPED;
    }
    switch (failure->class) {
    case AWS_SKIP_DENIED:
        /* A refusal without a code is a page of something in between, not the word of AWS. */
        return code.n > 0 ? ASK_DENIED : ASK_FAILED;
    case AWS_SKIP_ABSENT:
        return code.n > 0 ? ASK_ABSENT : ASK_FAILED;
    case AWS_SKIP_STATE:
        return is_not_in_use(ask, code) ? ASK_ABSENT : ASK_FAILED;
    case AWS_RETRY:
    case AWS_RETRY_SLOWER:
    case AWS_RETRY_CLOCK:
    case AWS_RETRY_LOGIN:
    case AWS_FAIL:
    case AWS_FAIL_LOGIN: /* where credentials are over the report will not come either */
        break;
    }
    return ASK_FAILED;
}

static enum ask_end failure_keep(struct answers *answers, const struct ask *ask, uint32_t page,
                                 const struct aws_failure *failure, struct err *err)
{
    static const enum answer_outcome outcomes[] = {
        [ASK_ABSENT] = ANSWER_ABSENT, [ASK_DENIED] = ANSWER_DENIED, [ASK_FAILED] = ANSWER_FAILED};
    enum ask_end end = end_of(ask, failure);
    struct answer *answer = NULL;

    if (end == ASK_STOPPED) {
        return end;
    }
    answer = answer_add(answers, ask, page);
    if (answer == NULL || !arena_str(&answers->arena, str_from(failure->code), &answer->code)) {
        *err = (struct err){0};
        (void)too_large(ask, err);
        return ASK_STOPPED;
    }
    answer->outcome = outcomes[end];
    return end;
}

bool answers_note(struct answers *answers, const struct ask *ask, const struct aws_failure *failure,
                  struct err *err)
{
    struct answer *answer = answer_add(answers, ask, 0);

    if (answer == NULL || !arena_str(&answers->arena, str_from(failure->code), &answer->code)) {
        return too_large(ask, err);
    }
    answer->outcome = failure->class == AWS_SKIP_DENIED ? ANSWER_DENIED : ANSWER_FAILED;
    return true;
}

/* ---- Pages ---------------------------------------------------------------------------------- */

/* JSON does not name the operation that it answers, so the answer to another would pass for a list
 * without items. */
static bool is_answer(const struct call *call, const struct tree *result, struct err *err)
{
    return call->must == NULL || result_tells(result, call->must) ||
           err_set(err, ERR_REMOTE, "%s: an answer without %s", call->action, call->must);
}

/* Where the next page begins; empty after the last. False when the page contradicts itself, as one
 * does that goes on where there is no asking for more. */
static bool token_take(const struct call *call, const struct tree *result, struct buf *token,
                       struct err *err)
{
    struct str next = STR("");

    if (result_goes_on(result)) {
        next = call->paging.token_out != NULL ? tree_text(result, call->paging.token_out) : next;
        if (next.n == 0 || str_eq(next, buf_text(token))) {
            return err_set(err, ERR_REMOTE, "%s: a page is followed by another, but not by which",
                           call->action);
        }
    }
    buf_clear(token);
    buf_str(token, next);
    return !token->overflowed ||
           err_set(err, ERR_REMOTE, "%s: the token of a page is too long", call->action);
}

static enum ask_end page_ask(struct answers *answers, const struct ask *ask, uint32_t page,
                             struct buf *token, struct aws_failure *failure, struct err *err)
{
    struct ask_request request;
    struct aws_answer answer = {0};
    enum ask_end end = ASK_STOPPED;
    bool is_whole = false;

    ask_request_make(&request, ask, buf_text(token));
    if (!aws_send(ask->session, &request.call, &answer, failure, err)) {
        end = failure_keep(answers, ask, page, failure, err);
    } else if (!page_keep(answers, ask, page, &answer.body, err)) {
        end = ASK_STOPPED;
    } else {
        is_whole = is_answer(ask->call, answer.result, err) &&
                   token_take(ask->call, answer.result, token, err);
        end = is_whole ? ASK_GIVEN : failure_keep(answers, ask, page + 1, failure, err);
        if (is_whole && ask->look != NULL && !ask->look(ask->context, answer.result, err)) {
            end = ASK_STOPPED;
        }
    }
    aws_answer_release(&answer);
    ask_request_release(&request);
    return end;
}

enum ask_end answers_ask(struct answers *answers, const struct ask *ask,
                         struct aws_failure *failure, struct err *err)
{
    enum ask_end end = ASK_GIVEN;
    struct buf token;
    uint32_t page = 0;

    assert(ask->call->action[0] != '\0');
    buf_init(&token, TOKEN_SIZE_MAX);
    do {
        *failure = (struct aws_failure){.class = AWS_FAIL};
        if (page == PAGES_MAX) {
            (void)err_set(err, ERR_REMOTE, "%s: more than %d pages", ask->call->action, PAGES_MAX);
            end = failure_keep(answers, ask, page, failure, err);
            break;
        }
        end = page_ask(answers, ask, page, &token, failure, err);
        page++;
    } while (end == ASK_GIVEN && token.n > 0);
    buf_release(&token);
    return end;
}
