/* A scan comes to the same in every way: each vector level, with and without the prefilter, in
 * pieces. Files are made to be hard on those who skip: escapes in names and values, odd order,
 * look-alikes inside other values, names twice, white space, several members, damage, and records
 * that lie across windows. */
#include <stdio.h>

#include "codec/gzip.h"
#include "fuzz/deflate_ways.h"
#include "fuzz/scan_ways.h"
#include "support/property.h"

enum { FILE_MAX = 8 << 20, DEPTH_MAX = 4 };

struct writer {
    struct random *random;
    struct buf *out;
    bool has_blanks, has_escapes;
};

static const struct str names[] = {
    STR_LIT("eventName"),    STR_LIT("userIdentity"),
    STR_LIT("type"),         STR_LIT("userName"),
    STR_LIT("userAgent"),    STR_LIT("eventSource"),
    STR_LIT("errorCode"),    STR_LIT("requestParameters"),
    STR_LIT("list"),         STR_LIT("count"),
    STR_LIT("flag"),         STR_LIT("arn"),
    STR_LIT("name"),         STR_LIT("responseElements"),
    STR_LIT("eventVersion"), STR_LIT("errorMessage"),
    STR_LIT("EventName"),    STR_LIT("detail"),
    STR_LIT("Records"),      STR_LIT("eventTime"),
    STR_LIT("eventID"),      STR_LIT("EventID"),
};

static const struct str words[] = {
    STR_LIT("ConsoleLogin"),
    STR_LIT("consolelogin"),
    STR_LIT("CreateAccessKey"),
    STR_LIT("CreateAccessKeys"),
    STR_LIT("DeleteTrail"),
    STR_LIT("Root"),
    STR_LIT("root"),
    STR_LIT("IAMUser"),
    STR_LIT("S3 Browser/9.5"),
    STR_LIT("x"),
    STR_LIT("b/c"),
    STR_LIT("zz"),
    STR_LIT("iam.amazonaws.com"),
    STR_LIT("UpdateFunctionConfiguration20150331v2"),
    STR_LIT("arn:aws:sts::1:assumed-role/aws:ec2-instance/i-1"),
    STR_LIT("aabbabc"),
    STR_LIT("tr\xc3\xa4"),
    STR_LIT("x\xc3\xa4\xc3\xb6"),
    STR_LIT("AccessDenied"),
    STR_LIT("deep\"inner"),
    STR_LIT("{\"Effect\": \"Allow\"}"),
    STR_LIT("\"eventName\":\"ConsoleLogin\""),
    STR_LIT("},{\"eventVersion\":\"1\",\"eventName\":\"DeleteTrail\"}]}"),
    STR_LIT("back\\slash"),
    STR_LIT("\\\\"),
    STR_LIT("5"),
    STR_LIT("true"),
    STR_LIT(""),
    STR_LIT("k:v,w"),
    STR_LIT("[{"),
    STR_LIT("eventID"),
    STR_LIT("\"eventID\":\"0c1d2e3f-0000-4000-8000-000000000001\""),
};

static const struct str plain_words[] = {STR_LIT("S3 Browser"), STR_LIT("true")};

static void put_blanks(struct writer *writer)
{
    static const struct str blanks[] = {STR_LIT(" "), STR_LIT("\n  "), STR_LIT("\t"),
                                        STR_LIT("\r\n")};

    if (writer->has_blanks && random_chance(writer->random, 30)) {
        buf_str(writer->out, RANDOM_PICK(writer->random, blanks));
    }
}

/* As JSON may write it: any character below 128 may be an escape. */
static void put_string(struct writer *writer, struct str text)
{
    bool is_escaped = writer->has_escapes && random_chance(writer->random, 30);

    buf_char(writer->out, '"');
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 128 && is_escaped && random_chance(writer->random, 20)) {
            buf_printf(writer->out, random_chance(writer->random, 50) ? "\\u%04x" : "\\u%04X", c);
        } else if (c == '"' || c == '\\' || (c == '/' && is_escaped)) {
            buf_char(writer->out, '\\');
            buf_char(writer->out, (char)c);
        } else if (c == 0xC3 && is_escaped && i + 1 < text.n) {
            i++;
            buf_printf(writer->out, "\\u00%02x", (unsigned char)text.p[i] + 0x40);
        } else {
            buf_char(writer->out, (char)c);
        }
    }
    buf_char(writer->out, '"');
}

static void put_value(struct writer *writer, unsigned depth);

/* Who a record is, or something else that looks like it. */
static void put_id(struct writer *writer)
{
    static const struct str ids[] = {STR_LIT("0c1d2e3f-0000-4000-8000-000000000002"),
                                     STR_LIT("0C1D2E3F-0000-4000-8000-000000000003"),
                                     STR_LIT("0c1d2e3f-0000-4000-8000-00000000000g"),
                                     STR_LIT("0c1d2e3f-0000-4000-8000-0000000000045")};

    put_string(writer, STR("eventID"));
    put_blanks(writer);
    buf_char(writer->out, ':');
    put_blanks(writer);
    put_string(writer, RANDOM_PICK(writer->random, ids));
}

static void put_object(struct writer *writer, unsigned depth)
{
    size_t count = random_below(writer->random, 7);

    buf_char(writer->out, '{');
    for (size_t i = 0; i < count; i++) {
        put_blanks(writer);
        if (random_chance(writer->random, 5)) {
            put_id(writer);
        } else {
            put_string(writer, RANDOM_PICK(writer->random, names));
            put_blanks(writer);
            buf_char(writer->out, ':');
            put_blanks(writer);
            put_value(writer, depth + 1);
        }
        put_blanks(writer);
        buf_str(writer->out, i + 1 < count ? STR(",") : STR(""));
    }
    buf_char(writer->out, '}');
}

static void put_array(struct writer *writer, unsigned depth)
{
    size_t count = random_below(writer->random, 4);

    buf_char(writer->out, '[');
    for (size_t i = 0; i < count; i++) {
        put_blanks(writer);
        put_value(writer, depth + 1);
        buf_str(writer->out, i + 1 < count ? STR(",") : STR(""));
    }
    buf_char(writer->out, ']');
}

static void put_value(struct writer *writer, unsigned depth)
{
    static const struct str bare[] = {STR_LIT("true"), STR_LIT("false"), STR_LIT("null"),
                                      STR_LIT("5"),    STR_LIT("5.0"),   STR_LIT("-7e3")};
    size_t kind = random_below(writer->random, 10);

    if (kind < 2 && depth < DEPTH_MAX) {
        put_object(writer, depth);
    } else if (kind < 3 && depth < DEPTH_MAX) {
        put_array(writer, depth);
    } else if (kind < 5) {
        buf_str(writer->out, RANDOM_PICK(writer->random, bare));
    } else {
        put_string(writer, RANDOM_PICK(writer->random, words));
    }
}

/* A record as it usually is, or any object. */
static void put_record(struct writer *writer)
{
    struct random *random = writer->random;

    if (random_chance(random, 30)) {
        put_object(writer, 0);
        return;
    }
    buf_str(writer->out, STR("{\"eventVersion\":\"1.08\",\"userIdentity\":{\"type\":"));
    put_string(writer, RANDOM_PICK(random, words));
    buf_str(writer->out, STR("},\"eventName\":"));
    put_blanks(writer);
    put_string(writer, RANDOM_PICK(random, words));
    if (random_chance(random, 70)) {
        buf_printf(writer->out, ",\"eventID\":\"%08x-0000-4000-8000-%012x\"",
                   (unsigned)random_u64(random), (unsigned)random_u64(random));
    }
    buf_str(writer->out, STR(",\"requestParameters\":"));
    put_value(writer, 1);
    if (random_chance(random, 10)) {
        buf_char(writer->out, ',');
        put_id(writer);
    }
    if (random_chance(random, 4)) { /* as large as a window and more */
        buf_str(writer->out, STR(",\"userAgent\":\""));
        buf_fill(writer->out, 'x', random_below(random, random_chance(random, 50) ? 9000 : 300000));
        buf_str(writer->out, RANDOM_PICK(random, plain_words));
        buf_char(writer->out, '"');
    }
    buf_char(writer->out, '}');
}

static void put_list(struct writer *writer, struct str head, struct str between, struct str tail)
{
    size_t count = random_chance(writer->random, 10) ? 400 : random_below(writer->random, 12);

    buf_str(writer->out, head);
    for (size_t i = 0; i < count; i++) {
        put_blanks(writer);
        put_record(writer);
        put_blanks(writer);
        buf_str(writer->out, i + 1 < count ? between : STR(""));
    }
    buf_str(writer->out, tail);
}

static void put_wrapped(struct writer *writer)
{
    struct buf inner, *out = writer->out;

    buf_init(&inner, FILE_MAX);
    writer->out = &inner;
    put_record(writer);
    writer->out = out;
    if (random_chance(writer->random, 30)) {
        buf_str(out, STR("{\"version\":\"0\",\"detail\":"));
        buf_str(out, buf_text(&inner));
    } else {
        buf_str(out, random_chance(writer->random, 50)
                         ? STR("{\"Events\":[{\"CloudTrailEvent\":")
                         : STR("{\"a\":1,\"logEvents\":[{\"message\":"));
        put_string(writer, buf_text(&inner));
        buf_str(out, STR("}]"));
    }
    buf_str(out, STR("}\n"));
    buf_release(&inner);
}

static void put_file(struct writer *writer)
{
    switch (random_below(writer->random, 6)) {
    case 0:
        put_list(writer, STR("["), STR(","), STR("]\n"));
        break;
    case 1:
        put_list(writer, STR("\xEF\xBB\xBF"), STR("\n"), STR("\n"));
        break;
    case 2:
        put_wrapped(writer);
        break;
    case 3:
        put_list(writer, STR("{ \"Records\" : ["), STR(","), STR("], \"more\": [{}, \"]}\"]}"));
        break;
    default:
        put_list(writer, STR("{\"Records\":["), STR(","), STR("]}"));
    }
}

/* ---- gzip ----------------------------------------------------------------------------------- */

static void put_u32(struct buf *out, uint32_t value)
{
    for (unsigned shift = 0; shift < 32; shift += 8) {
        buf_char(out, (char)(value >> shift & 0xFF));
    }
}

static void put_stored(struct buf *out, struct str text)
{
    enum { BLOCK_MAX = 65535 };

    for (size_t at = 0; at < text.n || at == 0; at += BLOCK_MAX) {
        struct str block = str_sub(text, at, at + BLOCK_MAX < text.n ? at + BLOCK_MAX : text.n);
        buf_char(out, at + BLOCK_MAX >= text.n ? 1 : 0);
        put_u32(out, (~(uint32_t)block.n & 0xFFFF) << 16 | (uint32_t)block.n);
        buf_str(out, block);
    }
}

static void put_member(struct random *random, struct buf *out, struct str text)
{
    bool has_name = random_chance(random, 20);

    buf_str(out,
            has_name ? STR("\x1f\x8b\x08\x08\0\0\0\0\0\xff") : STR("\x1f\x8b\x08\0\0\0\0\0\0\xff"));
    buf_bytes(out, "name", has_name ? sizeof "name" : 0);
    if (random_chance(random, 20)) {
        put_stored(out, text);
    } else {
        size_t n = 0;
        unsigned char *packed = deflate_way_pack((const unsigned char *)text.p, text.n,
                                                 (unsigned)random_below(random, 450), &n);
        buf_bytes(out, (const char *)packed, n);
        mem_free(packed);
    }
    put_u32(out, gzip_crc(0, text));
    put_u32(out, (uint32_t)text.n);
}

static void damage(struct random *random, struct buf *file)
{
    if (file->n > 0 && random_chance(random, 15)) {
        file->n = random_below(random, file->n);
    }
    if (file->n > 0 && random_chance(random, 10)) {
        static const struct str bytes = STR_LIT("\"\\{}[],: x\0\xff\x1f");
        file->p[random_below(random, file->n)] = bytes.p[random_below(random, bytes.n)];
    }
}

static void every_way_is_the_same(struct property *property)
{
    struct random *random = &property->random;
    struct buf plain, file;
    struct writer writer = {random, &plain, random_chance(random, 50), random_chance(random, 50)};
    const char *difference = NULL;

    buf_init(&plain, FILE_MAX);
    buf_init(&file, FILE_MAX);
    for (size_t i = 1 + random_below(random, 3); i > 0; i--) {
        buf_clear(&plain);
        put_file(&writer);
        damage(random, &plain);
        if (random_chance(random, 50)) {
            put_member(random, &file, buf_text(&plain));
        } else if (file.n == 0) {
            buf_str(&file, buf_text(&plain));
            break;
        }
    }
    damage(random, &file);
    difference = scan_ways_differ(buf_text(&file));
    if (difference != NULL) {
        property_fail(property, "%.2000s\nfile: %.*s", difference,
                      (int)(file.n < 3000 ? file.n : 3000), file.p);
    }
    buf_release(&plain);
    buf_release(&file);
}

int main(void)
{
    struct property property = property_begin(400);

    scan_ways_init();
    property_run(&property, "every way of a scan comes to the same", 1, every_way_is_the_same);
    return property_end(&property);
}
