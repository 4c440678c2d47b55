/* pseudonym.h: names in the place of names: the same for the same, and of no use without the key.
 *
 * A pseudonym is a keyed BLAKE2b hash. Who has the key can tell whether a guess is right, and
 * nobody else; equal names of one kind stay equal, so that tables can still be joined. Accounts
 * stay numbers of 12 digits and never meet: their pseudonym is a permutation.
 *
 * Threads: any number at once; the key is only read.
 *
 * Example:   pseudonym_text(&key, PSEUDONYM_USER, name, &out);     // appends "k3q7..." */
#ifndef CRYPTO_PSEUDONYM_H
#define CRYPTO_PSEUDONYM_H

#include <stdint.h>

#include "base/buf.h"
#include "base/compiler.h"
#include "base/str.h"

enum { PSEUDONYM_KEY_SIZE = 32, PSEUDONYM_KEY_TEXT_SIZE = 2 * PSEUDONYM_KEY_SIZE };

struct pseudonym_key {
    unsigned char bytes[PSEUDONYM_KEY_SIZE];
};

/* Kinds keep a user and an organization of the same name apart. */
enum pseudonym_kind {
    PSEUDONYM_ACCOUNT = 1,
    PSEUDONYM_USER,
    PSEUDONYM_ORGANIZATION,
    PSEUDONYM_PATH,
    PSEUDONYM_TEXT,
};

/* A key as text: hexadecimal digits, white space around them. */
MUST_USE bool pseudonym_key_parse(struct str text, struct pseudonym_key *out);

/* Appends 16 letters and digits. */
void pseudonym_text(const struct pseudonym_key *key, enum pseudonym_kind kind, struct str text,
                    struct buf *out);
/* Of a number below 10^12: another one, each of another. */
uint64_t pseudonym_account(const struct pseudonym_key *key, uint64_t account);

#endif
