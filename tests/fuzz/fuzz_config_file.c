/* Any bytes as a file of ~/.aws, and a name or command line as words: never a key twice in a
 * section, keys in lower case, values without blanks at their ends. */
#include <stdint.h>
#include <stdlib.h>

#include "aws/profile.h"
#include "aws/shell_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_section(const struct tree *section)
{
    for (const struct tree *key = section->first; key != NULL; key = key->next) {
        check(key->name.n > 0 && (key->first == NULL || key->text.n == 0));
        for (size_t i = 0; i < key->name.n; i++) {
            check(key->name.p[i] < 'A' || key->name.p[i] > 'Z');
        }
        check(str_eq(str_trim(key->text), key->text));
        for (const struct tree *other = key->next; other != NULL; other = other->next) {
            check(!str_eq(key->name, other->name));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size}, half = text, *words = NULL;
    struct profiles profiles;
    struct arena arena;
    struct err err = {0};
    size_t count = 0, length = 0;

    if (size > 8192) {
        return 0;
    }
    half.n = size / 2;
    if (profiles_parse(&profiles, half, text, &err)) {
        for (const struct tree *at = profiles.credentials->first; at != NULL; at = at->next) {
            check_section(at);
            check(profiles_find(&profiles, at->name) != NULL);
        }
        profiles_release(&profiles);
    } else {
        check(err.kind == ERR_INPUT);
    }
    arena_init(&arena, 1 << 20);
    err = (struct err){0};
    if (shell_words(&arena, text, &words, &count, &err)) {
        for (size_t i = 0; i < count; i++) {
            length += words[i].n;
            check(words[i].p[words[i].n] == '\0');
        }
        check(length <= size);
    }
    arena_release(&arena);
    return 0;
}
