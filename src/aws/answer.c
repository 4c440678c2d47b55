#include <stdio.h>
#include <string.h>

#include "aws/internal_request.h"

enum { TREE_SIZE_MAX = 512 << 20, TREE_SIZE_FACTOR = 16, TREE_SIZE_MIN = 64 << 10 };

/* ---- What an error says ---- */

struct message {
    struct str code, text, request_id;
};

static struct str first_text(const struct tree *tree, const char *const *paths)
{
    struct str text = {0};

    for (; *paths != NULL && text.n == 0; paths++) {
        text = tree_text(tree, *paths);
    }
    return text;
}

/* "com.amazonaws.x#Code" and "Code:http://..." name the code Code. */
static struct str code_bare(struct str code)
{
    struct str rest = code, head;

    if (str_find(rest, '#') < rest.n) {
        (void)str_cut(&rest, '#', &head);
        code = rest;
    }
    return str_sub(code, 0, str_find(code, ':'));
}

/* The tree of a body that is neither XML nor JSON, or of a page, is NULL. */
static const struct tree *body_parse(struct arena *arena, struct str body)
{
    const struct tree *tree = NULL;
    struct err ignored = {0};
    struct str text = str_trim(body);
    bool ok = false;

    /* Never by Content-Type: what it says is not always what comes. */
    if (str_starts(text, STR("<"))) {
        ok = tree_read_xml(arena, text, &tree, &ignored);
    } else if (str_starts(text, STR("{"))) {
        ok = tree_read_json(arena, text, &tree, &ignored);
    }
    return ok && !str_eq_nocase(tree->name, STR("html")) ? tree : NULL;
}

static struct message message_read(const struct tree *tree, const struct http_response *response)
{
    static const char *const codes[] = {
        "Error.Code", "Errors.Error.Code", "Code", "__type", "error", "code", NULL};
    static const char *const texts[] = {"Error.Message", "Errors.Error.Message", "Message",
                                        "message",       "error_description",    NULL};
    static const char *const ids[] = {"RequestId", "RequestID", NULL};
    struct message message = {first_text(tree, codes), first_text(tree, texts),
                              first_text(tree, ids)};

    if (message.code.n == 0) {
        message.code = http_header_find(response, STR("x-amzn-errortype"));
    }
    message.code = code_bare(message.code);
    if (message.request_id.n == 0) {
        message.request_id = http_header_find(response, STR("x-amzn-requestid"));
    }
    if (message.request_id.n == 0) {
        message.request_id = http_header_find(response, STR("x-amz-request-id"));
    }
    return message;
}

static void text_copy(char *to, size_t size, struct str text)
{
    (void)snprintf(to, size, "%.*s", (int)(text.n < size ? text.n : size - 1),
                   text.n > 0 ? text.p : "");
}

/* ---- Denials ---- */

/* Operations whose permission has another name. */
static const struct {
    enum aws_service service;
    const char *operation, *action;
} renamed[] = {
    {AWS_S3, "ListBuckets", "s3:ListAllMyBuckets"},
};

/* "User: arn:... is not authorized to perform: iam:ListUsers on resource: ..." names it itself. */
static void action_find(const struct aws_call *call, struct str text, struct aws_failure *failure)
{
    static const struct str before = STR_LIT("not authorized to perform: ");

    for (size_t i = 0; i + before.n < text.n; i++) {
        struct str rest = str_sub(text, i, text.n);
        if (str_starts(rest, before)) {
            rest = str_sub(rest, before.n, rest.n);
            rest = str_sub(rest, 0, str_find(rest, ' '));
            if (str_find(rest, ':') < rest.n) {
                text_copy(failure->action, sizeof failure->action, rest);
                return;
            }
        }
    }
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++) {
        if (renamed[i].service == call->service &&
            strcmp(renamed[i].operation, call->operation) == 0) {
            text_copy(failure->action, sizeof failure->action, str_from(renamed[i].action));
            return;
        }
    }
    (void)snprintf(failure->action, sizeof failure->action, "%s:%s",
                   aws_service_info(call->service)->name, call->operation);
}

/* ---- Failures ---- */

static void failure_tell(const struct aws_call *call, const struct message *message,
                         const struct aws_failure *failure, struct err *err)
{
    const char *service = aws_service_info(call->service)->name;
    /* The text about a wrong signature repeats the request, with the session token in it. */
    bool repeats = failure->class == AWS_RETRY_CLOCK;
    struct str text = repeats ? STR("the signature or its time is not accepted") : message->text;

    text = str_sub(text, 0, str_find(text, '\n'));
    text.n = text.n < 250 ? text.n : 250;
    if (failure->code[0] == '\0') {
        (void)err_set(err, ERR_REMOTE, "%s %s: status %u, and no answer of AWS", service,
                      call->operation, failure->status);
        return;
    }
    (void)err_set(err, ERR_REMOTE, "%s %s: %s%s%.*s%s%s%s", service, call->operation, failure->code,
                  text.n > 0 ? ": " : "", STR_ARG(text),
                  failure->request_id[0] != '\0' ? " (request " : "", failure->request_id,
                  failure->request_id[0] != '\0' ? ")" : "");
    if (failure->action[0] != '\0') {
        err_hint(err, "allow %s", failure->action);
    }
}

/* A bucket that is elsewhere says where, in a header or in the text. */
static void region_find(const struct tree *tree, const struct http_response *response,
                        struct aws_failure *failure)
{
    static const char *const regions[] = {"Error.Region", "Region", NULL};
    struct str region = http_header_find(response, STR("x-amz-bucket-region"));

    text_copy(failure->region, sizeof failure->region,
              region.n > 0 ? region : first_text(tree, regions));
}

static bool refusal(const struct aws_call *call, const struct http_response *response,
                    const struct tree *tree, struct aws_failure *failure, struct err *err)
{
    struct message message = message_read(tree, response);

    text_copy(failure->code, sizeof failure->code, message.code);
    text_copy(failure->request_id, sizeof failure->request_id, message.request_id);
    failure->class = aws_error_class(message.code, response->status);
    region_find(tree, response, failure);
    if (failure->class == AWS_SKIP_DENIED) {
        action_find(call, message.text, failure);
    }
    failure_tell(call, &message, failure, err);
    return false;
}

/* A success that cannot be read: cut, or a page of something in between. */
static bool unreadable(const struct aws_call *call, const char *what, struct aws_failure *failure,
                       struct err *err)
{
    failure->class = AWS_RETRY;
    return err_set(err, ERR_REMOTE, "%s %s: an answer that is %s",
                   aws_service_info(call->service)->name, call->operation, what);
}

/* ---- Answers ---- */

/* Whether the tree is the answer to this operation, and where its members are. */
static bool result_find(const struct aws_call *call, struct aws_answer *answer)
{
    const struct aws_service_info *info = aws_service_info(call->service);
    char name[128];

    answer->result = answer->tree;
    switch (info->protocol) {
    case AWS_QUERY:
        (void)snprintf(name, sizeof name, "%sResponse", call->operation);
        if (!str_eq(answer->tree->name, str_from(name))) {
            return false;
        }
        (void)snprintf(name, sizeof name, "%sResult", call->operation);
        answer->result = tree_find(answer->tree, name);
        answer->result = answer->result != NULL ? answer->result : answer->tree;
        return true;
    case AWS_REST_XML:
        return answer->tree->name.n > 0 && !str_eq(answer->tree->name, STR("Error"));
    case AWS_JSON:
    case AWS_REST_JSON:
        return answer->tree->name.n == 0;
    }
    return false;
}

bool aws_answer_read(const struct aws_call *call, struct http_response *response,
                     struct aws_answer *answer, struct aws_failure *failure, struct err *err)
{
    enum aws_protocol protocol = aws_service_info(call->service)->protocol;
    size_t room = response->body.n > TREE_SIZE_MAX / TREE_SIZE_FACTOR
                      ? TREE_SIZE_MAX
                      : response->body.n * TREE_SIZE_FACTOR + TREE_SIZE_MIN;
    struct message message;
    bool is_refused = false;

    failure->status = response->status;
    failure->fault = response->fault;
    answer->is_secret = call->is_secret;
    arena_init(&answer->arena, room);
    is_refused = response->status < 200 || response->status > 299;
    if (is_refused || !call->is_raw) {
        answer->tree = body_parse(&answer->arena, buf_text(&response->body));
    }
    if (is_refused) {
        return refusal(call, response, answer->tree, failure, err);
    }
    if (call->is_raw) {
        answer->result = NULL;
    } else if (answer->tree == NULL) {
        bool may_be_empty = protocol == AWS_REST_XML || protocol == AWS_REST_JSON || call->is_mute;
        if (response->body.n > 0 || !may_be_empty) {
            return unreadable(call, response->body.n == 0 ? "empty" : "cut or none of AWS's",
                              failure, err);
        }
    } else if (!result_find(call, answer)) {
        return unreadable(call, "not to this operation", failure, err);
    }
    message = message_read(answer->tree, response);
    if (message.request_id.n == 0 && answer->tree != NULL) {
        message.request_id = tree_text(answer->tree, "ResponseMetadata.RequestId");
    }
    text_copy(answer->request_id, sizeof answer->request_id, message.request_id);
    answer->status = response->status;
    answer->body = response->body; // moved
    buf_init(&response->body, 0);
    answer->headers = response->headers; // moved
    buf_init(&response->headers, 0);
    return true;
}

struct str aws_answer_header(const struct aws_answer *answer, struct str name)
{
    const struct http_response response = {.headers = answer->headers};

    return http_header_find(&response, name);
}

void aws_answer_release(struct aws_answer *answer)
{
    if (answer->is_secret) {
        secret_wipe_buf(&answer->body);
        arena_wipe(&answer->arena);
    }
    buf_release(&answer->body);
    buf_release(&answer->headers);
    arena_release(&answer->arena);
    *answer = (struct aws_answer){0};
}
