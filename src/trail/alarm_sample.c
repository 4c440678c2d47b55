/* Events by which a filter shows what it catches: the shapes that CloudTrail gives them, with the
 * members that filters ask about. */
#include "base/buf.h"
#include "render/json.h"
#include "rule/eval.h"
#include "rule/filter_pattern.h"
#include "trail/alarm_kind.h"

enum { SAMPLE_COUNT_MAX = 40, SAMPLE_SIZE_MAX = 4096 };

/* One record; what is NULL is no member. */
struct sample_shape {
    enum alarm_sample_use use;
    const char *title;
    const char *source, *name;
    const char *type;       /* of the identity; NULL: IAMUser */
    const char *invoked_by; /* of the identity */
    const char *event_type; /* NULL: AwsApiCall */
    const char *error_code, *error_message;
    const char *mfa_used, *sign_in; /* of a ConsoleLogin: additionalEventData, responseElements */
};

#define SIGN_IN                                                                                    \
    .source = "signin.amazonaws.com", .name = "ConsoleLogin", .event_type = "AwsConsoleSignIn"

static const struct sample_shape refused_shapes[] = {
    {.use = SAMPLE_CAUGHT,
     .title = "a call refused with AccessDenied",
     .source = "s3.amazonaws.com",
     .name = "ListBuckets",
     .error_code = "AccessDenied"},
    {.use = SAMPLE_CAUGHT,
     .title = "a call refused with AccessDeniedException",
     .source = "kms.amazonaws.com",
     .name = "Decrypt",
     .error_code = "AccessDeniedException"},
    {.use = SAMPLE_CAUGHT,
     .title = "a call refused with Client.UnauthorizedOperation",
     .source = "ec2.amazonaws.com",
     .name = "RunInstances",
     .error_code = "Client.UnauthorizedOperation"},
    {.use = SAMPLE_NEAR,
     .title = "a call that failed for another reason",
     .source = "s3.amazonaws.com",
     .name = "GetBucketPolicy",
     .error_code = "NoSuchBucketPolicy"},
};

static const struct sample_shape no_mfa_shapes[] = {
    {.use = SAMPLE_CAUGHT,
     .title = "a user signs in to the console without MFA",
     SIGN_IN,
     .mfa_used = "No",
     .sign_in = "Success"},
    {.use = SAMPLE_CAUGHT,
     .title = "the root user signs in to the console without MFA",
     SIGN_IN,
     .type = "Root",
     .mfa_used = "No",
     .sign_in = "Success"},
    {.use = SAMPLE_NEAR,
     .title = "a user signs in to the console with MFA",
     SIGN_IN,
     .mfa_used = "Yes",
     .sign_in = "Success"},
};

static const struct sample_shape root_shapes[] = {
    {.use = SAMPLE_CAUGHT,
     .title = "the root user signs in to the console with MFA",
     SIGN_IN,
     .type = "Root",
     .mfa_used = "Yes",
     .sign_in = "Success"},
    {.use = SAMPLE_CAUGHT,
     .title = "the root user signs in to the console without MFA",
     SIGN_IN,
     .type = "Root",
     .mfa_used = "No",
     .sign_in = "Success"},
    {.use = SAMPLE_CAUGHT,
     .title = "a sign-in as root that fails",
     SIGN_IN,
     .type = "Root",
     .mfa_used = "No",
     .error_message = "Failed authentication",
     .sign_in = "Failure"},
    {.use = SAMPLE_CAUGHT,
     .title = "the root user makes an access key",
     .source = "iam.amazonaws.com",
     .name = "CreateAccessKey",
     .type = "Root"},
    {.use = SAMPLE_CAUGHT,
     .title = "the root user reads the account summary",
     .source = "iam.amazonaws.com",
     .name = "GetAccountSummary",
     .type = "Root"},
    {.use = SAMPLE_NEAR,
     .title = "a service acts for the account",
     .source = "kms.amazonaws.com",
     .name = "RotateKey",
     .type = "Root",
     .event_type = "AwsServiceEvent"},
    {.use = SAMPLE_NEAR,
     .title = "a service calls in the name of root",
     .source = "iam.amazonaws.com",
     .name = "CreateServiceLinkedRole",
     .type = "Root",
     .invoked_by = "autoscaling.amazonaws.com"},
};

static const struct sample_shape failure_shapes[] = {
    {.use = SAMPLE_CAUGHT,
     .title = "a console sign-in that fails",
     SIGN_IN,
     .mfa_used = "No",
     .error_message = "Failed authentication",
     .sign_in = "Failure"},
    {.use = SAMPLE_NEAR,
     .title = "a console sign-in that succeeds",
     SIGN_IN,
     .mfa_used = "Yes",
     .sign_in = "Success"},
};

#undef SIGN_IN

/* Against every kind: events of a usual day. */
static const struct sample_shape far_shapes[] = {
    {.use = SAMPLE_FAR,
     .title = "a role lists instances",
     .source = "ec2.amazonaws.com",
     .name = "DescribeInstances",
     .type = "AssumedRole"},
    {.use = SAMPLE_FAR,
     .title = "a user lists roles",
     .source = "iam.amazonaws.com",
     .name = "ListRoles"},
};

static const struct {
    const char *name;
    const struct sample_shape *shapes;
    size_t count;
} shapes_of[] = {
    {"unauthorized-call", refused_shapes, sizeof refused_shapes / sizeof *refused_shapes},
    {"sign-in-without-mfa", no_mfa_shapes, sizeof no_mfa_shapes / sizeof *no_mfa_shapes},
    {"root-use", root_shapes, sizeof root_shapes / sizeof *root_shapes},
    {"sign-in-failure", failure_shapes, sizeof failure_shapes / sizeof *failure_shapes},
};

/* ---- records -------------------------------------------------------------------------------- */

static void member(struct json_writer *json, const char *key, const char *value)
{
    if (value != NULL) {
        json_member_text(json, str_from(key), str_from(value));
    }
}

static void identity_write(struct json_writer *json, const struct sample_shape *shape)
{
    const char *type = shape->type == NULL ? "IAMUser" : shape->type;
    bool is_user = shape->type == NULL;

    json_key(json, STR("userIdentity"));
    json_open(json, '{');
    member(json, "type", type);
    member(json, "principalId", is_user ? "AIDAEXAMPLE" : "111122223333");
    /* A user may be called what filters of text look for. */
    member(json, "arn",
           is_user ? "arn:aws:iam::111122223333:user/Rootlike" : "arn:aws:iam::111122223333:root");
    member(json, "accountId", "111122223333");
    member(json, "userName", is_user ? "Rootlike" : NULL);
    member(json, "invokedBy", shape->invoked_by);
    json_close(json, '}');
}

static void object_write(struct json_writer *json, const char *key, const char *name,
                         const char *value)
{
    json_key(json, str_from(key));
    if (value == NULL) {
        json_null(json);
        return;
    }
    json_open(json, '{');
    member(json, name, value);
    json_close(json, '}');
}

static void record_write(struct buf *out, const struct sample_shape *shape)
{
    struct json_writer json = {.out = out};
    bool is_sign_in = shape->sign_in != NULL;

    json_open(&json, '{');
    member(&json, "eventVersion", "1.08");
    identity_write(&json, shape);
    member(&json, "eventTime", "2026-11-01T12:00:00Z");
    member(&json, "eventSource", shape->source);
    member(&json, "eventName", shape->name);
    member(&json, "awsRegion", "us-east-1");
    member(&json, "sourceIPAddress",
           shape->invoked_by == NULL ? "198.51.100.7" : shape->invoked_by);
    member(&json, "userAgent", shape->invoked_by == NULL ? "sample" : shape->invoked_by);
    member(&json, "errorCode", shape->error_code);
    member(&json, "errorMessage", shape->error_message);
    json_key(&json, STR("requestParameters"));
    json_null(&json);
    object_write(&json, "responseElements", "ConsoleLogin", shape->sign_in);
    if (is_sign_in) {
        object_write(&json, "additionalEventData", "MFAUsed", shape->mfa_used);
    }
    member(&json, "eventID", "00000000-0000-4000-8000-000000000000");
    member(&json, "eventType", shape->event_type == NULL ? "AwsApiCall" : shape->event_type);
    member(&json, "recipientAccountId", "111122223333");
    json_close(&json, '}');
}

static bool sample_add(struct arena *arena, struct alarm_samples *out,
                       const struct sample_shape *shape)
{
    struct alarm_sample *sample = &out->list[out->count];
    struct buf text;
    bool ok = false;

    buf_init(&text, SAMPLE_SIZE_MAX);
    record_write(&text, shape);
    sample->use = shape->use;
    ok = !text.overflowed && out->count < SAMPLE_COUNT_MAX &&
         arena_str(arena, buf_text(&text), &sample->json) &&
         arena_str(arena, str_from(shape->title), &sample->title);
    out->count += ok;
    buf_release(&text);
    return ok;
}

/* Each call by its name. */
static bool calls_add(struct arena *arena, const struct alarm_kind *kind, struct alarm_samples *out)
{
    struct str rest = kind->calls, name, kept;

    while (rest.n > 0) {
        (void)str_cut(&rest, ' ', &name);
        if (!arena_str(arena, name, &kept) ||
            !sample_add(arena, out,
                        &(struct sample_shape){.use = SAMPLE_CAUGHT,
                                               .title = kept.p,
                                               .source = kind->source.p,
                                               .name = kept.p})) {
            return false;
        }
    }
    return true;
}

static bool shapes_add(struct arena *arena, const struct sample_shape *shapes, size_t count,
                       struct alarm_samples *out)
{
    bool ok = true;

    for (size_t i = 0; ok && i < count; i++) {
        ok = sample_add(arena, out, &shapes[i]);
    }
    return ok;
}

bool alarm_samples_make(struct arena *arena, const struct alarm_kind *kind,
                        struct alarm_samples *out, struct err *err)
{
    bool ok = true;

    *out = (struct alarm_samples){.list = arena_array(arena, SAMPLE_COUNT_MAX, sizeof *out->list)};
    ok = out->list != NULL && calls_add(arena, kind, out);
    for (size_t i = 0; ok && i < sizeof shapes_of / sizeof *shapes_of; i++) {
        if (str_eq(kind->name, str_from(shapes_of[i].name))) {
            ok = shapes_add(arena, shapes_of[i].shapes, shapes_of[i].count, out);
        }
    }
    ok = ok && shapes_add(arena, far_shapes, sizeof far_shapes / sizeof *far_shapes, out);
    return ok || err_set(err, ERR_INPUT, "the samples of an alarm are too large");
}

/* ---- a pattern on them ---------------------------------------------------------------------- */

static void sample_count(struct alarm_trial *trial, const struct alarm_sample *sample,
                         enum truth truth)
{
    bool is_caught = truth == TRUTH_TRUE;

    if (sample->use == SAMPLE_CAUGHT) {
        trial->wanted++;
        trial->caught += is_caught;
        if (!is_caught) {
            trial->missed[trial->missed_count++] = sample;
        }
    } else if (is_caught) {
        trial->noise[trial->noise_count++] = sample;
        trial->rings_always |= sample->use == SAMPLE_FAR;
    }
}

static bool sample_match(struct eval_context *context, const struct rule_program *program,
                         struct event *event, const struct alarm_sample *sample,
                         struct alarm_trial *trial, struct err *err)
{
    if (!event_parse(event, sample->json, err)) {
        return false;
    }
    sample_count(trial, sample, eval_event(context, program, event));
    return true;
}

bool alarm_try(struct arena *arena, const struct alarm_samples *samples, struct str pattern,
               struct alarm_trial *out, struct err *err)
{
    struct rule_program program;
    struct eval_context context;
    struct event event;
    bool ok = filter_pattern_compile(arena, pattern, &program, err);

    *out = (struct alarm_trial){
        .missed = arena_array(arena, samples->count, sizeof(void *)),
        .noise = arena_array(arena, samples->count, sizeof(void *)),
    };
    if (!ok || out->missed == NULL || out->noise == NULL) {
        return ok ? err_set(err, ERR_INPUT, "too many filters to try") : false;
    }
    event_init(&event);
    eval_init(&context, 0);
    for (size_t i = 0; ok && i < samples->count; i++) {
        ok = sample_match(&context, &program, &event, &samples->list[i], out, err);
    }
    eval_release(&context);
    event_release(&event);
    return ok;
}
