#include "trail/digest_read.h"

#include "base/instant.h"
#include "codec/tree.h"
#include "rule/text_match.h"

bool digest_is_text(struct str beginning)
{
    enum { LOOK = 4096 };

    beginning = str_trim(str_sub(beginning, 0, LOOK));
    return str_starts(beginning, STR("{")) &&
           text_contains(beginning, STR("\"digestStartTime\""), true);
}

bool digest_read(struct arena *arena, struct str text, struct digest *out, struct err *err)
{
    const struct tree *root = NULL;
    struct digest_file *files = NULL;
    size_t count = 0;
    int64_t at = 0;

    if (!tree_read_json(arena, text, &root, err)) {
        return false;
    }
    *out = (struct digest){
        .start = tree_text(root, "digestStartTime"),
        .end = tree_text(root, "digestEndTime"),
        .bucket = tree_text(root, "digestS3Bucket"),
        .object = tree_text(root, "digestS3Object"),
        .fingerprint = tree_text(root, "digestPublicKeyFingerprint"),
        .previous_object = tree_text(root, "previousDigestS3Object"),
        .previous_hash = tree_text(root, "previousDigestHashValue"),
        .previous_signature = tree_text(root, "previousDigestSignature"),
    };
    if (out->object.n == 0 || !instant_parse(out->start, &at) || !instant_parse(out->end, &at)) {
        return err_set(err, ERR_INPUT, "a digest without its place or times");
    }
    for (const struct tree *file = tree_first(root, "logFiles"); file != NULL; file = file->next) {
        count++;
    }
    files = arena_array(arena, count + 1, sizeof *files);
    if (files == NULL) {
        return err_set(err, ERR_INPUT, "a digest that names too many files");
    }
    for (const struct tree *file = tree_first(root, "logFiles"); file != NULL; file = file->next) {
        files[out->file_count].object = tree_text(file, "s3Object");
        files[out->file_count++].hash = tree_text(file, "hashValue");
    }
    out->files = files;
    return true;
}

static size_t last_of(struct str text, char c)
{
    size_t at = text.n;

    while (at > 0 && text.p[at - 1] != c) {
        at--;
    }
    return at;
}

struct str digest_base_name(struct str path)
{
    path = str_sub(path, last_of(path, '/'), path.n);
    return str_ends(path, STR(".gz")) ? str_sub(path, 0, path.n - 3) : path;
}

struct str digest_chain_name(struct str object)
{
    struct str name = digest_base_name(object);
    size_t at = last_of(name, '_');

    return str_sub(name, 0, at > 0 ? at - 1 : 0);
}

struct str digest_home_region(struct str object)
{
    struct str name = digest_chain_name(object);

    return str_sub(name, last_of(name, '_'), name.n);
}
