#include "trail/record_id.h"

#include <string.h>

#include "base/hash.h"

enum { UUID_SIZE = 36, NAME_SIZE = sizeof "\"eventID\"" - 1 };

/* 8-4-4-4-12 hexadecimal digits, small as CloudTrail writes them: other letters, another text.
 * Without a branch for each digit, which nobody could predict. */
static bool uuid_read(struct str text, struct trail_record_id *id)
{
    size_t count = 0;
    unsigned wrong = text.n != UUID_SIZE;

    for (size_t i = 0; i < UUID_SIZE && wrong == 0; i++) {
        unsigned c = (unsigned char)text.p[i];
        unsigned value = (c & 15) + 9 * (c >> 6); /* if it is a digit at all */
        if (i == 8 || i == 13 || i == 18 || i == 23) {
            wrong = c != '-';
            continue;
        }
        wrong = !((c - '0' < 10) | (c - 'a' < 6));
        id->bytes[count / 2] = (uint8_t)((unsigned)id->bytes[count / 2] << 4 | value);
        count++;
    }
    return wrong == 0;
}

struct trail_record_id record_id_of(struct str text)
{
    const uint64_t parts[] = {hash_bytes(1, text), hash_bytes(2, text)};
    struct trail_record_id id = {0};

    if (!uuid_read(text, &id)) {
        memcpy(id.bytes, parts, sizeof id.bytes);
    }
    return id;
}

/* Behind white space and the one character; 0: something else stands there. */
static size_t skip_to(struct str record, size_t at, char wanted)
{
    while (at < record.n && memchr(" \t\r\n", record.p[at], 4) != NULL) {
        at++;
    }
    return at < record.n && record.p[at] == wanted ? at + 1 : 0;
}

bool record_id_glimpse(struct str record, size_t name_end, structure_fn find,
                       struct trail_record_id *id)
{
    uint32_t ends[STRUCTURE_BLOCK];
    struct structure structure = {0};
    size_t at = skip_to(record, name_end, ':');

    at = at > 0 ? skip_to(record, at, '"') : 0;
    if (at == 0 || record.n - at <= UUID_SIZE || record.p[at + UUID_SIZE] != '"' ||
        !uuid_read(str_sub(record, at, at + UUID_SIZE), id)) {
        return false;
    }
    return find(record.p, name_end - NAME_SIZE, &structure, ends, STRUCTURE_BLOCK) == 0 &&
           structure.depth == 1 && !structure.is_string;
}
