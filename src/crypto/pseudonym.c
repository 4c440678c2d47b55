#include "crypto/pseudonym.h"

#include <string.h>

#include <sodium/crypto_generichash_blake2b.h>

enum { HASH_SIZE = 16, HALF = 1000000, ROUNDS = 10 };

bool pseudonym_key_parse(struct str text, struct pseudonym_key *out)
{
    struct str digits = str_trim(text);

    if (digits.n != PSEUDONYM_KEY_TEXT_SIZE) {
        return false;
    }
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < digits.n; i++) {
        char c = digits.p[i];
        int value = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (value < 0) {
            return false;
        }
        out->bytes[i / 2] = (unsigned char)(out->bytes[i / 2] << 4 | value);
    }
    return true;
}

static void hash(const struct pseudonym_key *key, enum pseudonym_kind kind, struct str text,
                 unsigned char out[HASH_SIZE])
{
    crypto_generichash_blake2b_state state;
    const unsigned char head = (unsigned char)kind;

    (void)crypto_generichash_blake2b_init(&state, key->bytes, sizeof key->bytes, HASH_SIZE);
    (void)crypto_generichash_blake2b_update(&state, &head, 1);
    if (text.n > 0) {
        (void)crypto_generichash_blake2b_update(&state, (const unsigned char *)text.p, text.n);
    }
    (void)crypto_generichash_blake2b_final(&state, out, HASH_SIZE);
}

void pseudonym_text(const struct pseudonym_key *key, enum pseudonym_kind kind, struct str text,
                    struct buf *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567"; /* 32: five bits of a byte */
    unsigned char bytes[HASH_SIZE];

    hash(key, kind, text, bytes);
    for (int i = 0; i < HASH_SIZE; i++) {
        buf_char(out, letters[bytes[i] & 31]);
    }
}

/* A Feistel network over two halves of six digits: whatever the rounds add, it can be undone, so no
 * two accounts meet. */
uint64_t pseudonym_account(const struct pseudonym_key *key, uint64_t account)
{
    uint64_t left = account / HALF % HALF, right = account % HALF;

    for (uint64_t round = 0; round < ROUNDS; round++) {
        uint64_t input[2] = {round, right}, sum = 0;
        unsigned char bytes[HASH_SIZE];
        hash(key, PSEUDONYM_ACCOUNT, (struct str){(const char *)input, sizeof input}, bytes);
        memcpy(&sum, bytes, sizeof sum);
        sum = (left + sum % HALF) % HALF;
        left = right;
        right = sum;
    }
    return left * HALF + right;
}
