#include "trail/digests.h"

#include <pthread.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "codec/base64.h"
#include "codec/tree.h"
#include "crypto/rsa.h"
#include "crypto/sha256.h"
#include "trail/digest_read.h"
#include "trail/fields.h"
#include "trail/sorter.h"

enum {
    DIGEST_SIZE_MAX = 64 << 20,
    ARENA_MAX = 1 << 30,
    RECORD_MAX = 64 << 20,
    SPANS_MAX = 64,
    KEYS_SIZE_MAX = 64 << 20,
    SIGNATURE_SIZE_MAX = 1024,
};

/* The file that a worker has at hand. */
struct reading {
    struct buf name, signature, text; /* the text of a digest only */
    bool is_begun, is_digest;
    struct sha256 sha;
    struct arena arena;
    struct buf record;
};

struct public_key {
    struct str fingerprint;
    struct rsa_key *key; /* NULL: it cannot be read */
};

struct span {
    char region[64];
    int64_t since, until;
};

struct digests {
    const struct layout_filter *filter;
    struct reading *readings;
    unsigned jobs;
    pthread_mutex_t lock; /* all below, while files are taken */
    struct sorter files;  /* by name: what is there, and what digests say of it */
    struct sorter chains; /* digests by chain and time */
    struct span spans[SPANS_MAX];
    size_t span_count;
    uint64_t count;

    struct arena arena; /* of the keys */
    struct public_key *keys;
    size_t key_count;
    digest_problem_fn tell;
    void *shared;
    struct digest_totals *totals;
};

struct digests *digests_new(unsigned jobs, size_t memory_max, const struct layout_filter *filter)
{
    struct digests *digests = mem_alloc(sizeof *digests);

    digests->filter = filter;
    digests->jobs = jobs;
    digests->readings = mem_array(jobs, sizeof *digests->readings);
    for (unsigned i = 0; i < jobs; i++) {
        struct reading *reading = &digests->readings[i];
        buf_init(&reading->name, RECORD_MAX);
        buf_init(&reading->signature, RECORD_MAX);
        buf_init(&reading->text, DIGEST_SIZE_MAX);
        buf_init(&reading->record, RECORD_MAX);
        arena_init(&reading->arena, ARENA_MAX);
    }
    (void)pthread_mutex_init(&digests->lock, NULL);
    sorter_init(&digests->files, memory_max / 2);
    sorter_init(&digests->chains, memory_max / 2);
    arena_init(&digests->arena, ARENA_MAX);
    return digests;
}

void digests_free(struct digests *digests)
{
    if (digests == NULL) {
        return;
    }
    for (unsigned i = 0; i < digests->jobs; i++) {
        struct reading *reading = &digests->readings[i];
        buf_release(&reading->name);
        buf_release(&reading->signature);
        buf_release(&reading->text);
        buf_release(&reading->record);
        arena_release(&reading->arena);
    }
    mem_free(digests->readings);
    sorter_release(&digests->files);
    sorter_release(&digests->chains);
    for (size_t i = 0; i < digests->key_count; i++) {
        rsa_key_free(digests->keys[i].key);
    }
    mem_free(digests->keys);
    arena_release(&digests->arena);
    (void)pthread_mutex_destroy(&digests->lock);
    mem_free(digests);
}

/* ---- records -------------------------------------------------------------------------------- */

/* What is known of a file: a digest's word for it comes before the file itself. Last, a digest that
 * cannot be read, and why. */
enum { SAID_BY_DIGEST, THERE, BROKEN };

static bool add_file(struct digests *digests, struct buf *record, struct str name, uint32_t kind,
                     struct str place, struct str hash, struct str by, struct err *err)
{
    buf_clear(record);
    field_key_text(record, digest_base_name(name));
    field_key_number(record, kind);
    field_write(record, place);
    field_write(record, hash);
    field_write(record, by);
    return sorter_add(&digests->files, buf_text(record), err);
}

/* A digest as it stands in its chain. */
struct link {
    struct str chain, name; /* of the file, as it was read */
    struct str start, end, bucket, object, fingerprint;
    struct str hash; /* of this one */
    struct str previous_object, previous_hash, previous_signature;
    struct str signature; /* of this one; empty where it is not known */
};
enum { LINK_FIELDS = sizeof(struct link) / sizeof(struct str) };

static void link_write(struct buf *record, const struct link *link)
{
    const struct str *fields = &link->chain;

    buf_clear(record);
    field_key_text(record, link->chain);
    field_key_text(record, link->end);
    field_key_text(record, digest_base_name(link->object));
    uint32_t key_size = (uint32_t)record->n;
    for (size_t i = 0; i < LINK_FIELDS; i++) {
        field_write(record, fields[i]);
    }
    buf_bytes(record, &key_size, sizeof key_size);
}

static void link_read(struct str record, struct link *link)
{
    struct str *fields = &link->chain;
    uint32_t key_size = 0;

    memcpy(&key_size, record.p + record.n - sizeof key_size, sizeof key_size);
    record = str_sub(record, key_size, record.n - sizeof key_size);
    for (size_t i = 0; i < LINK_FIELDS; i++) {
        fields[i] = field_read(&record);
    }
}

/* ---- taking --------------------------------------------------------------------------------- */

static void begin(struct reading *reading, struct str name, struct str signature, struct str piece)
{
    buf_clear(&reading->name);
    buf_str(&reading->name, name);
    buf_clear(&reading->signature);
    buf_str(&reading->signature, signature);
    buf_clear(&reading->text);
    reading->is_digest = digest_is_text(piece);
    reading->is_begun = true;
    sha256_init(&reading->sha);
}

static void note_span(struct digests *digests, const struct digest *digest)
{
    struct str region = digest_home_region(digest->object);
    int64_t since = 0, until = 0;
    size_t i = 0;

    if (!instant_parse(digest->start, &since) || !instant_parse(digest->end, &until) ||
        region.n >= sizeof digests->spans[0].region) {
        return;
    }
    while (i < digests->span_count && !str_eq(str_from(digests->spans[i].region), region)) {
        i++;
    }
    if (i == SPANS_MAX) {
        return;
    }
    struct span *span = &digests->spans[i];
    if (i == digests->span_count) {
        digests->span_count++;
        memcpy(span->region, region.p, region.n);
        span->since = since;
        span->until = until;
    }
    span->since = since < span->since ? since : span->since;
    span->until = until > span->until ? until : span->until;
}

static bool add_digest(struct digests *digests, struct reading *reading, struct str hash,
                       struct err *err)
{
    struct digest digest;
    struct err broken = {0};
    bool ok = true;

    arena_reset(&reading->arena);
    if (!digest_read(&reading->arena, buf_text(&reading->text), &digest, &broken)) {
        (void)pthread_mutex_lock(&digests->lock);
        digests->count++;
        ok = add_file(digests, &reading->record, buf_text(&reading->name), BROKEN,
                      buf_text(&reading->name), STR(""), str_from(broken.text), err);
        (void)pthread_mutex_unlock(&digests->lock);
        return ok;
    }
    const struct link link = {.chain = digest_chain_name(digest.object),
                              .name = buf_text(&reading->name),
                              .start = digest.start,
                              .end = digest.end,
                              .bucket = digest.bucket,
                              .object = digest.object,
                              .fingerprint = digest.fingerprint,
                              .hash = hash,
                              .previous_object = digest.previous_object,
                              .previous_hash = digest.previous_hash,
                              .previous_signature = digest.previous_signature,
                              .signature = buf_text(&reading->signature)};
    link_write(&reading->record, &link);
    (void)pthread_mutex_lock(&digests->lock);
    digests->count++;
    note_span(digests, &digest);
    ok = sorter_add(&digests->chains, buf_text(&reading->record), err);
    for (size_t i = 0; ok && i < digest.file_count; i++) {
        ok = add_file(digests, &reading->record, digest.files[i].object, SAID_BY_DIGEST,
                      digest.files[i].object, digest.files[i].hash, link.name, err);
    }
    (void)pthread_mutex_unlock(&digests->lock);
    return ok;
}

static bool end(struct digests *digests, struct reading *reading, struct err *err)
{
    unsigned char digest[SHA256_SIZE];
    char hex[SHA256_HEX_SIZE + 1];
    struct str name = buf_text(&reading->name);
    bool ok = true;

    reading->is_begun = false;
    sha256_end(&reading->sha, digest);
    sha256_hex(digest, hex);
    if (reading->is_digest) {
        return add_digest(digests, reading, str_from(hex), err);
    }
    (void)pthread_mutex_lock(&digests->lock);
    ok = add_file(digests, &reading->record, name, THERE, name, str_from(hex), STR(""), err);
    (void)pthread_mutex_unlock(&digests->lock);
    return ok;
}

bool digests_take(struct digests *digests, unsigned worker, struct str name, struct str signature,
                  struct str piece, struct err *err)
{
    struct reading *reading = &digests->readings[worker];

    /* A bad file has no end: the next one begins where another name stands. */
    if (!reading->is_begun || !str_eq(name, buf_text(&reading->name))) {
        begin(reading, name, signature, piece);
    }
    if (piece.n == 0) {
        return end(digests, reading, err);
    }
    sha256_add(&reading->sha, piece);
    if (reading->is_digest) {
        buf_str(&reading->text, piece);
    }
    return !reading->text.overflowed ||
           err_set(err, ERR_INPUT, "a digest of more than %d MiB", DIGEST_SIZE_MAX >> 20);
}

/* ---- keys ----------------------------------------------------------------------------------- */

bool digests_span(const struct digests *digests, size_t index, struct digest_span *out)
{
    const struct span *span = &digests->spans[index];

    if (index >= digests->span_count) {
        return false;
    }
    *out = (struct digest_span){str_from(span->region), span->since, span->until};
    return true;
}

static bool add_key(struct digests *digests, const struct tree *node, struct err *err)
{
    struct str value = tree_text(node, "Value");
    struct public_key *key = &digests->keys[digests->key_count];
    char *der = arena_alloc(&digests->arena, value.n + 4);
    size_t n = 0;

    if (der == NULL ||
        !arena_str(&digests->arena, tree_text(node, "Fingerprint"), &key->fingerprint) ||
        !base64_decode(value, der, &n, err)) {
        return err_set(err, ERR_INPUT, "a public key that cannot be read");
    }
    key->key = rsa_key_read((struct str){der, n});
    digests->key_count += key->key != NULL;
    return key->key != NULL || err_set(err, ERR_INPUT, "a public key that is none of RSA");
}

bool digests_add_keys(struct digests *digests, struct str json, struct err *err)
{
    const struct tree *root = NULL;
    struct arena arena;
    size_t count = 0;
    bool ok = false;

    arena_init(&arena, KEYS_SIZE_MAX);
    if (!tree_read_json(&arena, json, &root, err)) {
        goto cleanup;
    }
    if (tree_find(root, "PublicKeyList") == NULL) {
        (void)err_set(err, ERR_INPUT, "no list of public keys");
        err_hint(err, "it is what 'aws cloudtrail list-public-keys' prints");
        goto cleanup;
    }
    for (const struct tree *node = tree_first(root, "PublicKeyList"); node; node = node->next) {
        count++;
    }
    digests->keys =
        mem_resize(digests->keys, (digests->key_count + count + 1) * sizeof *digests->keys);
    ok = true;
    for (const struct tree *node = tree_first(root, "PublicKeyList"); ok && node;
         node = node->next) {
        ok = add_key(digests, node, err);
    }
cleanup:
    arena_release(&arena);
    return ok;
}

static const struct rsa_key *key_find(const struct digests *digests, struct str fingerprint)
{
    for (size_t i = 0; i < digests->key_count; i++) {
        if (str_eq(digests->keys[i].fingerprint, fingerprint)) {
            return digests->keys[i].key;
        }
    }
    return NULL;
}

/* ---- chains --------------------------------------------------------------------------------- */

static void problem(struct digests *digests, struct str place, const char *format, struct str about)
{
    struct err err = {0};

    about.n = about.n < 200 ? about.n : 200;
    (void)err_set(&err, ERR_INPUT, "%s%.*s", format, STR_ARG(about));
    err_place(&err, place, 0, 0);
    digests->totals->problems++;
    digests->tell(digests->shared, &err);
}

static bool hex_read(struct str hex, unsigned char *out, size_t *n)
{
    static const char digits[] = "0123456789abcdef";

    if (hex.n == 0 || hex.n % 2 != 0 || hex.n / 2 > SIGNATURE_SIZE_MAX) {
        return false;
    }
    for (size_t i = 0; i < hex.n; i++) {
        const char *at = memchr(digits, hex.p[i] | (hex.p[i] >= 'A' ? 0x20 : 0), 16);
        if (at == NULL) {
            return false;
        }
        out[i / 2] = (unsigned char)((i % 2 == 0 ? 0 : out[i / 2] << 4) | (int)(at - digits));
    }
    *n = hex.n / 2;
    return true;
}

static void check_signature(struct digests *digests, const struct link *link, struct str signature)
{
    const struct rsa_key *key = key_find(digests, link->fingerprint);
    unsigned char bytes[SIGNATURE_SIZE_MAX];
    size_t n = 0;
    struct buf text;

    if (key == NULL) {
        problem(digests, link->name, "no public key is known with the digest's fingerprint ",
                link->fingerprint);
        return;
    }
    buf_init(&text, RECORD_MAX);
    buf_printf(&text, "%.*s\n%.*s/%.*s\n%.*s\n%.*s", STR_ARG(link->end), STR_ARG(link->bucket),
               STR_ARG(link->object), STR_ARG(link->hash),
               STR_ARG(link->previous_signature.n > 0 ? link->previous_signature : STR("null")));
    if (hex_read(signature, bytes, &n) &&
        rsa_verify(key, buf_text(&text), (struct str){(const char *)bytes, n})) {
        digests->totals->signatures++;
    } else {
        problem(digests, link->name, "the digest's signature is not right", STR(""));
    }
    buf_release(&text);
}

/* What can be said of a digest alone: that it lies where it says. */
static void check_place(struct digests *digests, const struct link *link)
{
    if (!str_eq(digest_base_name(link->name), digest_base_name(link->object))) {
        problem(digests, link->name, "the digest was moved: it was delivered as ", link->object);
    }
}

static bool names_previous(const struct link *link, const struct link *before)
{
    return str_eq(digest_base_name(link->previous_object), digest_base_name(before->object));
}

/* The step from one digest to the next of its chain. */
static void check_step(struct digests *digests, const struct link *before, const struct link *link)
{
    int64_t ended = 0, began = 0;

    if (link->previous_object.n == 0) {
        problem(digests, link->name,
                "a new chain begins here: nothing proves what was delivered since ", before->end);
    } else if (!names_previous(link, before)) {
        problem(digests, link->name,
                "the digest before it is missing: ", digest_base_name(link->previous_object));
    } else if (!str_eq_nocase(link->previous_hash, before->hash)) {
        problem(digests, before->name,
                "the digest was changed: the next one has another hash of it", STR(""));
    } else if (instant_parse(before->end, &ended) && instant_parse(link->start, &began) &&
               began > ended) {
        problem(digests, link->name, "there is a gap before it: the one before ends at ",
                before->end);
    }
}

/* Two copies of one digest are one. */
static bool is_copy(const struct link *before, const struct link *link)
{
    return str_eq(before->object, link->object) && str_eq(before->hash, link->hash);
}

/* The newest of a chain has its signature in the object's metadata alone. */
static void check_end(struct digests *digests, const struct link *last)
{
    if (last->signature.n > 0) {
        check_signature(digests, last, last->signature);
    } else {
        digests->totals->unsigned_ends++;
    }
}

static void keep(struct buf *memory, struct link *link, struct str record)
{
    buf_clear(memory);
    buf_str(memory, record);
    link_read(buf_text(memory), link);
}

static bool check_chains(struct digests *digests, struct err *err)
{
    struct link before = {0}, link;
    struct buf memory;
    struct str record;
    bool ok = sorter_begin(&digests->chains, err), is_first = true;

    buf_init(&memory, RECORD_MAX);
    while (ok && sorter_next(&digests->chains, &record, err)) {
        link_read(record, &link);
        bool is_next = !is_first && str_eq(before.chain, link.chain);
        if (is_next && is_copy(&before, &link)) {
            continue;
        }
        check_place(digests, &link);
        if (is_next) {
            bool is_linked = link.previous_object.n > 0 && names_previous(&link, &before);
            check_step(digests, &before, &link);
            if (is_linked) {
                check_signature(digests, &before, link.previous_signature);
            } else {
                check_end(digests, &before);
            }
        } else if (!is_first) {
            check_end(digests, &before);
        }
        digests->totals->chains += !is_next;
        is_first = false;
        keep(&memory, &before, record);
    }
    ok = ok && err->kind == ERR_NONE;
    if (ok && !is_first) {
        check_end(digests, &before);
    }
    buf_release(&memory);
    return ok;
}

/* ---- files ---------------------------------------------------------------------------------- */

struct entry {
    struct str place, hash, by;
};

/* A log file's name at hand: what the digests say of it, and what was found. */
struct claim {
    struct buf name, said, place, by;
    size_t digests, found;
};

static void claim_end(struct digests *digests, const struct claim *claim)
{
    struct str object = buf_text(&claim->place);

    if (claim->digests > 0 && claim->found == 0 && layout_is_wanted(digests->filter, object)) {
        problem(digests, object, "is missing or cannot be read: it is named by ",
                digest_base_name(buf_text(&claim->by)));
    }
}

static void claim_begin(struct claim *claim, struct str name)
{
    buf_clear(&claim->name);
    buf_str(&claim->name, name);
    buf_clear(&claim->said);
    claim->digests = 0;
    claim->found = 0;
}

static void claim_take(struct digests *digests, struct claim *claim, int kind,
                       const struct entry *entry)
{
    if (kind == BROKEN) {
        problem(digests, entry->place, "a digest that cannot be read: ", entry->by);
        return;
    }
    if (kind == SAID_BY_DIGEST) {
        if (claim->digests++ == 0) {
            buf_str(&claim->said, entry->hash);
            buf_clear(&claim->place);
            buf_str(&claim->place, entry->place);
            buf_clear(&claim->by);
            buf_str(&claim->by, entry->by);
        } else if (!str_eq_nocase(entry->hash, buf_text(&claim->said))) {
            problem(digests, entry->by, "two digests have different hashes of ", entry->place);
        }
        return;
    }
    claim->found++;
    if (claim->digests == 0) {
        problem(digests, entry->place, "no digest names it", STR(""));
    } else if (!str_eq_nocase(entry->hash, buf_text(&claim->said))) {
        problem(digests, entry->place, "was changed: another hash of it is in ",
                digest_base_name(buf_text(&claim->by)));
    } else {
        digests->totals->files++;
    }
}

/* A key of two parts: the name, written as sorter keys are, and the kind. */
static struct str key_take(struct str *record, int *kind)
{
    struct str name = *record;
    size_t at = 0;

    while (record->p[at] != '\0' || record->p[at + 1] != '\0') {
        at += record->p[at] == '\0' ? 2 : 1;
    }
    name.n = at;
    *kind = (unsigned char)record->p[at + 5];
    *record = str_sub(*record, at + 6, record->n);
    return name;
}

static bool check_files(struct digests *digests, struct err *err)
{
    struct claim claim = {0};
    struct str record;
    bool ok = sorter_begin(&digests->files, err);

    buf_init(&claim.name, RECORD_MAX);
    buf_init(&claim.said, RECORD_MAX);
    buf_init(&claim.place, RECORD_MAX);
    buf_init(&claim.by, RECORD_MAX);
    while (ok && sorter_next(&digests->files, &record, err)) {
        int kind = 0;
        struct str name = key_take(&record, &kind);
        struct entry entry = {.place = field_read(&record)};
        entry.hash = field_read(&record);
        entry.by = field_read(&record);
        if (!str_eq(name, buf_text(&claim.name))) {
            claim_end(digests, &claim);
            claim_begin(&claim, name);
        }
        claim_take(digests, &claim, kind, &entry);
    }
    ok = ok && err->kind == ERR_NONE;
    if (ok) {
        claim_end(digests, &claim);
    }
    buf_release(&claim.name);
    buf_release(&claim.said);
    buf_release(&claim.place);
    buf_release(&claim.by);
    return ok;
}

bool digests_check(struct digests *digests, digest_problem_fn tell, void *shared,
                   struct digest_totals *totals, struct err *err)
{
    *totals = (struct digest_totals){.digests = digests->count};
    digests->tell = tell;
    digests->shared = shared;
    digests->totals = totals;
    if (digests->count == 0) {
        (void)err_set(err, ERR_INPUT, "there is no digest to check the files with");
        err_hint(err, "digests lie in AWSLogs/ACCOUNT/CloudTrail-Digest/ beside the log files");
        return false;
    }
    return check_chains(digests, err) && check_files(digests, err);
}
