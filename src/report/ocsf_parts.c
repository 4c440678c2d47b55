#include "report/ocsf_parts.h"

#include "base/instant.h"

void ocsf_caption_write(struct json_writer *json, struct str id_key, struct str key,
                        struct ocsf_caption caption)
{
    json_member_u64(json, id_key, caption.id);
    json_member_text(json, key, caption.text);
}

struct ocsf_caption ocsf_severity(enum severity severity)
{
    static const struct ocsf_caption captions[SEVERITY_COUNT] = {
        [SEVERITY_INFO] = {1, STR_LIT("Informational")}, [SEVERITY_LOW] = {2, STR_LIT("Low")},
        [SEVERITY_MEDIUM] = {3, STR_LIT("Medium")},      [SEVERITY_HIGH] = {4, STR_LIT("High")},
        [SEVERITY_CRITICAL] = {5, STR_LIT("Critical")},
    };

    return captions[severity];
}

void ocsf_time_write(struct json_writer *json, struct str key, struct str text_key, int64_t at)
{
    struct buf text;

    buf_init(&text, 64);
    instant_write(&text, at);
    json_key(json, key);
    json_i64(json, at * 1000);
    json_member_text(json, text_key, buf_text(&text));
    buf_release(&text);
}

void ocsf_metadata_write(struct json_writer *json, struct str code, struct str version)
{
    json_key(json, STR("metadata"));
    json_open(json, '{');
    json_member_text(json, STR("version"), STR("1.5.0"));
    json_member_text(json, STR("event_code"), code);
    json_key(json, STR("product"));
    json_open(json, '{');
    json_member_text(json, STR("uid"), STR("keywarden"));
    json_member_text(json, STR("name"), STR("keywarden"));
    json_member_text(json, STR("vendor_name"), STR("keywarden"));
    json_member_text(json, STR("version"), version);
    json_close(json, '}');
    json_key(json, STR("profiles"));
    json_open(json, '[');
    json_text(json, STR("cloud"));
    json_text(json, STR("datetime"));
    json_close(json, ']');
    json_close(json, '}');
}
