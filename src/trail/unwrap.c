#include "trail/unwrap.h"

#include "codec/json.h"

/* Deliveries inside log events inside an event would be three. */
enum { WRAPPINGS_MAX = 4 };

enum wrapping { WRAPS_NOTHING, WRAPS_LIST, WRAPS_OBJECT, WRAPS_TEXT };

static const struct {
    struct str name;
    enum wrapping wrapping;
} wrappings[] = {
    {STR_LIT("Records"), WRAPS_LIST},         {STR_LIT("Events"), WRAPS_LIST},
    {STR_LIT("logEvents"), WRAPS_LIST},       {STR_LIT("QueryResultRows"), WRAPS_LIST},
    {STR_LIT("detail"), WRAPS_OBJECT},        {STR_LIT("message"), WRAPS_TEXT},
    {STR_LIT("CloudTrailEvent"), WRAPS_TEXT}, {STR_LIT("eventJson"), WRAPS_TEXT},
};

struct unwrapper {
    struct arena *arena;
    unwrap_fn take;
    void *shared;
    bool is_digest;
    struct err *err;
};

/* What an object is, by its own members. */
struct look {
    bool is_record, is_digest;
    enum wrapping wrapping;
    struct str inner; /* the value of the member that wraps: for TEXT between its quotes */
    bool is_escaped;
};

static enum wrapping wrapping_of(struct str name)
{
    for (size_t i = 0; i < sizeof wrappings / sizeof *wrappings; i++) {
        if (str_eq(name, wrappings[i].name)) {
            return wrappings[i].wrapping;
        }
    }
    return WRAPS_NOTHING;
}

static bool fits(enum wrapping wrapping, enum json_kind kind)
{
    return (wrapping == WRAPS_LIST && kind == JSON_ARRAY_BEGIN) ||
           (wrapping == WRAPS_OBJECT && kind == JSON_OBJECT_BEGIN) ||
           (wrapping == WRAPS_TEXT && kind == JSON_STRING);
}

/* The value whose first token was just read, all of it. */
static bool take_value(struct json_reader *reader, const struct json_token *token, struct str *out,
                       struct err *err)
{
    if (!json_skip(reader, token, err)) {
        return false;
    }
    *out =
        token->kind == JSON_STRING ? token->text : str_sub(reader->text, token->offset, reader->at);
    return true;
}

static bool look_at(struct str object, struct look *look, struct err *err)
{
    struct json_reader reader;
    struct json_token token;
    struct str value;

    *look = (struct look){0};
    json_init(&reader, object);
    if (!json_next(&reader, &token, err)) {
        return false;
    }
    for (;;) {
        enum wrapping wrapping = WRAPS_NOTHING;
        if (!json_next(&reader, &token, err)) {
            return false;
        }
        if (token.kind != JSON_KEY) {
            return true; /* its closing brace; whatever is behind is not part of the object */
        }
        look->is_record = look->is_record || str_eq(token.text, STR("eventVersion")) ||
                          str_eq(token.text, STR("eventName"));
        look->is_digest = look->is_digest || str_eq(token.text, STR("digestS3Object"));
        wrapping = wrapping_of(token.text);
        if (!json_next(&reader, &token, err) || !take_value(&reader, &token, &value, err)) {
            return false;
        }
        if (fits(wrapping, token.kind)) {
            look->wrapping = wrapping;
            look->inner = value;
            look->is_escaped = token.is_escaped;
        }
    }
}

static bool unwrap_object(struct unwrapper *unwrapper, struct str object, unsigned depth);

/* An array of objects, or of arrays of them. */
static bool unwrap_list(struct unwrapper *unwrapper, struct str list, unsigned depth)
{
    struct json_reader reader;
    struct json_token token;
    struct str item;

    json_init(&reader, list);
    do {
        if (!json_next(&reader, &token, unwrapper->err)) {
            return false;
        }
        if (token.kind == JSON_OBJECT_BEGIN &&
            (!take_value(&reader, &token, &item, unwrapper->err) ||
             !unwrap_object(unwrapper, item, depth))) {
            return false;
        }
    } while (token.kind != JSON_END);
    return true;
}

static bool unwrap_text(struct unwrapper *unwrapper, const struct look *look, unsigned depth)
{
    struct json_token token = {.text = look->inner, .is_escaped = look->is_escaped};
    struct str text;

    if (!json_unescape(unwrapper->arena, &token, &text)) {
        return err_set(unwrapper->err, ERR_INPUT, "the records inside one value are too large");
    }
    text = str_trim(text);
    return !str_starts(text, STR("{")) || unwrap_object(unwrapper, text, depth);
}

/* EventBridge hands out other events than CloudTrail's on the same bus. */
static bool unwrap_detail(struct unwrapper *unwrapper, struct str detail)
{
    struct look look;

    return look_at(detail, &look, unwrapper->err) &&
           (!look.is_record || unwrapper->take(unwrapper->shared, detail));
}

static bool unwrap_object(struct unwrapper *unwrapper, struct str object, unsigned depth)
{
    struct look look;

    if (!look_at(object, &look, unwrapper->err)) {
        return false;
    }
    if (look.is_record) {
        return unwrapper->take(unwrapper->shared, object);
    }
    unwrapper->is_digest = unwrapper->is_digest || look.is_digest;
    if (look.is_digest) {
        return true;
    }
    if (depth == WRAPPINGS_MAX) {
        return err_set(unwrapper->err, ERR_INPUT, "no record within %d wrappings", WRAPPINGS_MAX);
    }
    switch (look.wrapping) {
    case WRAPS_LIST:
        return unwrap_list(unwrapper, look.inner, depth + 1);
    case WRAPS_OBJECT:
        return unwrap_detail(unwrapper, look.inner);
    case WRAPS_TEXT:
        return unwrap_text(unwrapper, &look, depth + 1);
    case WRAPS_NOTHING:
        break;
    }
    return err_set(unwrapper->err, ERR_INPUT, "an object that is no CloudTrail record");
}

bool unwrap(struct arena *arena, struct str object, unwrap_fn take, void *shared, bool *is_digest,
            struct err *err)
{
    struct unwrapper unwrapper = {arena, take, shared, false, err};
    bool ok = false;

    arena_reset(arena);
    ok = unwrap_object(&unwrapper, object, 0);
    *is_digest = unwrapper.is_digest;
    return ok;
}
