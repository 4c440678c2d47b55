#include "cli/trail_input.h"

enum { CONNECTIONS = 16, MEASURED_MAX = 50000 };

static const struct str scheme = STR_LIT("s3://");

static bool open_bucket(struct trail_input *input, const struct args *args,
                        const struct layout_filter *filter, struct err *err)
{
    struct str rest = str_sub(args->operands[0], scheme.n, SIZE_MAX), name;

    if (args->operand_count > 1) {
        return err_set(err, ERR_USAGE, "a bucket is scanned alone: name one s3://BUCKET/PREFIX");
    }
    (void)str_cut(&rest, '/', &name);
    if (name.n == 0) {
        (void)err_set(err, ERR_USAGE, "no bucket is named");
        err_hint(err, "write s3://BUCKET or s3://BUCKET/PREFIX");
        return false;
    }
    if (!connection_open(&input->connection, args, err)) {
        return false;
    }
    s3_bucket_init(&input->bucket, &input->connection.session, name);
    input->fetched = bucket_source_new(&input->bucket, rest, filter, CONNECTIONS, err);
    if (input->fetched == NULL) {
        return false;
    }
    input->source = bucket_source_of(input->fetched);
    return true;
}

bool trail_input_open(struct trail_input *input, const struct args *args,
                      const struct layout_filter *filter, struct err *err)
{
    size_t buckets = 0;

    for (size_t i = 0; i < args->operand_count; i++) {
        buckets += str_starts(args->operands[i], scheme);
    }
    if (buckets > 0 && buckets < args->operand_count) {
        return err_set(err, ERR_USAGE, "files and a bucket are not scanned together");
    }
    if (buckets > 0) {
        return open_bucket(input, args, filter, err);
    }
    trail_files_init(&input->files, args->operands, args->operand_count);
    input->source = trail_files_source(&input->files);
    return true;
}

bool trail_input_measure(const struct trail_input *input, const struct args *args,
                         struct trail_files_total *total)
{
    return input->fetched == NULL &&
           trail_files_measure(args->operands, args->operand_count, MEASURED_MAX, total);
}

void trail_input_close(struct trail_input *input)
{
    if (input->connection.http != NULL) {
        http_cancel(input->connection.http);
    }
    bucket_source_free(input->fetched);
    s3_bucket_release(&input->bucket);
    connection_close(&input->connection);
    trail_files_release(&input->files);
    *input = (struct trail_input){0};
}
