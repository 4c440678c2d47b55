#include "report/sarif_parts.h"

enum { TEXT_SIZE_MAX = 1 << 20 };

void sarif_begin_write(struct buf *out)
{
    buf_str(out, STR("{\"$schema\":\"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
                     "schemas/sarif-schema-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
                     "\"results\":[\n"));
}

void sarif_member_open(struct json_writer *json, struct str key, char bracket)
{
    json_key(json, key);
    json_open(json, bracket);
}

/* Plain text of a message: braces are placeholders and brackets links there, unless escaped. */
void sarif_message_text_write(struct json_writer *json, struct str text)
{
    struct buf escaped;

    buf_init(&escaped, 2 * TEXT_SIZE_MAX);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '{' || c == '}') {
            buf_char(&escaped, c);
        } else if (c == '[' || c == ']' || c == '\\') {
            buf_char(&escaped, '\\');
        }
        buf_char(&escaped, c);
    }
    json_member_text(json, STR("text"), buf_text(&escaped));
    buf_release(&escaped);
}

void sarif_message_write(struct json_writer *json, struct str key, struct str text)
{
    sarif_member_open(json, key, '{');
    sarif_message_text_write(json, text);
    json_close(json, '}');
}

struct str sarif_level_name(enum severity severity)
{
    static const struct str names[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = STR_LIT("note"),      [SEVERITY_LOW] = STR_LIT("note"),
        [SEVERITY_MEDIUM] = STR_LIT("warning"), [SEVERITY_HIGH] = STR_LIT("error"),
        [SEVERITY_CRITICAL] = STR_LIT("error"),
    };

    return names[severity];
}

/* A path as a URI reference: relative paths stay relative, which is what makes a viewer find the
 * file in a checkout. */
static void uri_write(struct buf *out, struct str path)
{
    static const char hex[] = "0123456789ABCDEF";

    if (path.n == 0 || str_eq(path, STR("-"))) {
        buf_str(out, STR("standard-input"));
        return;
    }
    while (str_starts(path, STR("./"))) {
        path = str_sub(path, 2, path.n);
    }
    buf_str(out, str_starts(path, STR("/")) ? STR("file://") : STR(""));
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        bool is_word = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (is_word || c == '-' || c == '.' || c == '_' || c == '~' || c == '/') {
            buf_char(out, (char)c);
        } else {
            buf_char(out, '%');
            buf_char(out, hex[c >> 4]);
            buf_char(out, hex[c & 15]);
        }
    }
}

/* The first line: which row it was is not known while blocks of a report are judged at once. */
void sarif_place_write(struct json_writer *json, struct str path)
{
    struct buf uri;

    buf_init(&uri, TEXT_SIZE_MAX);
    uri_write(&uri, path);
    sarif_member_open(json, STR("physicalLocation"), '{');
    sarif_member_open(json, STR("artifactLocation"), '{');
    json_member_text(json, STR("uri"), buf_text(&uri));
    json_close(json, '}');
    sarif_member_open(json, STR("region"), '{');
    json_key(json, STR("startLine"));
    json_u64(json, 1);
    json_close(json, '}');
    json_close(json, '}');
    buf_release(&uri);
}

/* The middle of what GitHub calls critical, high, medium and low. */
struct str sarif_security_severity(enum severity severity)
{
    static const struct str scores[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = STR_LIT("0.0"),     [SEVERITY_LOW] = STR_LIT("2.0"),
        [SEVERITY_MEDIUM] = STR_LIT("5.5"),   [SEVERITY_HIGH] = STR_LIT("8.0"),
        [SEVERITY_CRITICAL] = STR_LIT("9.5"),
    };

    return scores[severity];
}
