#include "collect/collector.h"

#include <stdio.h>

#include "collect/calls.h"
#include "model/arn.h"

enum { ACCOUNT_DIGITS = 12 };

bool account_number_read(struct str text, uint64_t *out)
{
    return text.n == ACCOUNT_DIGITS && str_to_u64(text, out);
}

static bool caller_read(struct collector *collector, const struct tree *result, struct err *err)
{
    struct str arn = tree_text(result, "Arn"), partition = arn_part(arn, ARN_PARTITION);

    if (!account_number_read(tree_text(result, "Account"), &collector->caller) ||
        partition.n == 0 || partition.n >= sizeof collector->partition ||
        arn.n >= sizeof collector->arn) {
        return err_set(err, ERR_REMOTE, "sts GetCallerIdentity: an answer that names no account");
    }
    (void)snprintf(collector->partition, sizeof collector->partition, "%.*s", STR_ARG(partition));
    (void)snprintf(collector->arn, sizeof collector->arn, "%.*s", STR_ARG(arn));
    return true;
}

bool collector_begin(struct collector *collector, struct aws_client *client,
                     struct credentials_source *credentials, struct err *err)
{
    const struct call *asked = call_at(CALL_GET_CALLER_IDENTITY);
    const struct aws_call call = {.service = asked->service, .operation = asked->operation};
    struct aws_answer answer = {0};
    struct aws_failure failure;
    bool ok = false;

    collector->client = client;
    collector->credentials = credentials;
    aws_session_init(&collector->sts, client, credentials);
    aws_session_label(&collector->sts, STR("caller"));
    ok = aws_send(&collector->sts, &call, &answer, &failure, err) &&
         caller_read(collector, answer.result, err);
    if (!ok && failure.class == AWS_FAIL_LOGIN) {
        err_hint(err, "'keywarden doctor' says which credentials are found here");
    }
    aws_answer_release(&answer);
    return ok;
}

void collector_end(struct collector *collector)
{
    if (collector->client != NULL) {
        aws_session_release(&collector->sts);
        collector->client = NULL;
    }
}
