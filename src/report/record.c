#include "report/record.h"

#include <string.h>

/* Followed by the texts: account, user, arn, then name and value of each piece of evidence, whose
 * sizes and gaps stand before them. */
struct record_head {
    const struct control *control;
    const struct exception *exception;
    enum asset_class asset_class;
    bool was_unknown;
    enum status status;
    enum severity severity;
    enum gap gap;
    uint32_t evidence_count;
    uint32_t account_n, user_n, arn_n;
};

struct record_evidence {
    uint32_t name_n, value_n;
    enum gap gap;
};

static void put(struct buf *out, const void *bytes, size_t n)
{
    buf_str(out, (struct str){bytes, n});
}

static void record_write(struct buf *out, const struct finding *finding,
                         const struct report_options *options)
{
    struct record_head head = {.control = finding->control,
                               .exception = finding->exception,
                               .asset_class = finding->asset_class,
                               .was_unknown = finding->was_unknown,
                               .status = finding->status,
                               .severity = finding->severity,
                               .gap = finding->gap,
                               .evidence_count = (uint32_t)finding->evidence_count,
                               .account_n = (uint32_t)finding->account.n,
                               .user_n = (uint32_t)finding->user.n,
                               .arn_n = (uint32_t)finding->arn.n};

    (void)options;
    put(out, &head, sizeof head);
    for (size_t i = 0; i < finding->evidence_count; i++) {
        const struct evidence *evidence = &finding->evidence[i];
        struct record_evidence sizes = {(uint32_t)evidence->name.n, (uint32_t)evidence->value.n,
                                        evidence->gap};
        put(out, &sizes, sizeof sizes);
    }
    buf_str(out, finding->account);
    buf_str(out, finding->user);
    buf_str(out, finding->arn);
    for (size_t i = 0; i < finding->evidence_count; i++) {
        buf_str(out, finding->evidence[i].name);
        buf_str(out, finding->evidence[i].value);
    }
}

static void take(struct str *bytes, void *out, size_t n)
{
    memcpy(out, bytes->p, n);
    *bytes = str_sub(*bytes, n, bytes->n);
}

static struct str take_text(struct str *bytes, uint32_t n)
{
    struct str text = str_sub(*bytes, 0, n);

    *bytes = str_sub(*bytes, n, bytes->n);
    return text;
}

bool record_read(struct str *bytes, struct evidence evidence[static EVIDENCE_COUNT_MAX],
                 struct finding *out)
{
    struct record_head head;
    struct record_evidence sizes[EVIDENCE_COUNT_MAX];

    if (bytes->n < sizeof head) {
        return false;
    }
    take(bytes, &head, sizeof head);
    if (head.evidence_count > EVIDENCE_COUNT_MAX) {
        return false;
    }
    take(bytes, sizes, head.evidence_count * sizeof sizes[0]);
    *out = (struct finding){.control = head.control,
                            .exception = head.exception,
                            .asset_class = head.asset_class,
                            .was_unknown = head.was_unknown,
                            .status = head.status,
                            .severity = head.severity,
                            .gap = head.gap,
                            .evidence = evidence,
                            .evidence_count = head.evidence_count};
    out->account = take_text(bytes, head.account_n);
    out->user = take_text(bytes, head.user_n);
    out->arn = take_text(bytes, head.arn_n);
    for (size_t i = 0; i < out->evidence_count; i++) {
        evidence[i].gap = sizes[i].gap;
        evidence[i].name = take_text(bytes, sizes[i].name_n);
        evidence[i].value = take_text(bytes, sizes[i].value_n);
    }
    return true;
}

const struct report_format report_record = {.name = STR_LIT("record"), .finding = record_write};
