#include "audit/screen.h"

#include <string.h>

struct screen {
    const struct audit_config *config;
    struct exception_scan *exceptions; /* or NULL */
};

struct screen *screen_new(const struct audit_config *config)
{
    struct screen *screen = NULL;

    if (config->exceptions == NULL) {
        return NULL;
    }
    screen = mem_alloc(sizeof *screen);
    screen->config = config;
    screen->exceptions = exception_scan_new(config->exceptions);
    return screen;
}

void screen_free(struct screen *screen)
{
    if (screen != NULL) {
        exception_scan_free(screen->exceptions);
        mem_free(screen);
    }
}

static void screen_row(struct screen *screen, const struct row_principal *principal,
                       uint32_t control, int64_t as_of, size_t row, struct verdict_bits *bits,
                       struct screened_bits *out)
{
    size_t word = row / 64;
    uint64_t bit = UINT64_C(1) << (row % 64);

    if (exceptions_match(screen->exceptions, control, principal, as_of, true) != NULL) {
        out->excepted[word] |= bit;
        out->was_unknown[word] |= bits->unknown[word] & bit;
        bits->fail[word] &= ~bit;
        bits->unknown[word] &= ~bit;
    }
}

void screen_rows(struct screen *screen, const struct user_batch *batch, struct str account,
                 uint32_t control, int64_t as_of, struct verdict_bits *bits,
                 struct screened_bits *out)
{
    memset(out, 0, sizeof *out);
    for (size_t w = 0; w < batch->words; w++) {
        for (uint64_t left = bits->fail[w] | bits->unknown[w]; left != 0; left &= left - 1) {
            size_t row = w * 64 + (size_t)__builtin_ctzll(left);
            struct row_principal principal = user_batch_principal(batch, row, account);
            screen_row(screen, &principal, control, as_of, row, bits, out);
        }
    }
}

static struct row_principal principal_of(const struct finding *finding)
{
    return (struct row_principal){finding->account, finding->user, finding->arn};
}

void screen_finding(struct screen *screen, uint32_t control, int64_t as_of, struct finding *finding)
{
    struct row_principal principal = principal_of(finding);

    if (finding->status == STATUS_EXCEPTED) {
        finding->exception =
            exceptions_match(screen->exceptions, control, &principal, as_of, false);
    }
}

void screen_single(struct screen *screen, uint32_t control, int64_t as_of, struct finding *finding)
{
    struct row_principal principal = principal_of(finding);

    if (finding->status != STATUS_FAIL && finding->status != STATUS_UNKNOWN) {
        return;
    }
    finding->exception = exceptions_match(screen->exceptions, control, &principal, as_of, true);
    if (finding->exception != NULL) {
        finding->was_unknown = finding->status == STATUS_UNKNOWN;
        finding->status = STATUS_EXCEPTED;
    }
}
