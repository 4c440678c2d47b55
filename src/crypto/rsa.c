#include "crypto/rsa.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/arena.h"

struct rsa_key {
    EVP_PKEY *key;
};

struct rsa_key *rsa_key_read(struct str der)
{
    const unsigned char *at = (const unsigned char *)der.p, *again = at;
    EVP_PKEY *found = NULL;
    struct rsa_key *key = NULL;

    if (der.n == 0 || der.n > 1 << 16) {
        return NULL;
    }
    found = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)der.n);
    if (found == NULL) {
        found = d2i_PUBKEY(NULL, &again, (long)der.n);
    }
    if (found == NULL || EVP_PKEY_get_base_id(found) != EVP_PKEY_RSA) {
        EVP_PKEY_free(found);
        return NULL;
    }
    key = mem_alloc(sizeof *key);
    key->key = found;
    return key;
}

void rsa_key_free(struct rsa_key *key)
{
    if (key != NULL) {
        EVP_PKEY_free(key->key);
        mem_free(key);
    }
}

bool rsa_verify(const struct rsa_key *key, struct str text, struct str signature)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context != NULL &&
              EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key->key) == 1 &&
              EVP_DigestVerify(context, (const unsigned char *)signature.p, signature.n,
                               (const unsigned char *)text.p, text.n) == 1;

    EVP_MD_CTX_free(context);
    return ok;
}
