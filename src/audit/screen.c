#include "audit/screen.h"

#include <string.h>

struct screen {
    const struct audit_config *config;
    struct exception_scan *exceptions; /* or NULL */
    /* Of the account at hand, where there are accounts. */
    char account_text[16];
    struct str account;
    const struct account_record *record;
};

struct screen *screen_new(const struct audit_config *config)
{
    struct screen *screen = NULL;

    if (config->exceptions == NULL && config->baseline == NULL && config->accounts == NULL) {
        return NULL;
    }
    screen = mem_alloc(sizeof *screen);
    screen->config = config;
    if (config->exceptions != NULL) {
        screen->exceptions = exception_scan_new(config->exceptions);
    }
    return screen;
}

void screen_free(struct screen *screen)
{
    if (screen != NULL) {
        exception_scan_free(screen->exceptions);
        mem_free(screen);
    }
}

/* ---- accounts ------------------------------------------------------------------------------- */

/* What the accounts file says of the account; rows of one account follow each other. */
static const struct account_record *record_of(struct screen *screen, struct str account)
{
    if (account.n == 0 || account.n > sizeof screen->account_text) {
        return NULL;
    }
    if (!str_eq(screen->account, account)) {
        memcpy(screen->account_text, account.p, account.n);
        screen->account = (struct str){screen->account_text, account.n};
        screen->record = accounts_find(screen->config->accounts, account);
    }
    return screen->record;
}

void screen_classes(struct screen *screen, const struct user_batch *batch, struct str account,
                    struct class_bits *out)
{
    memset(out, 0, sizeof *out);
    for (size_t row = 0; row < batch->rows; row++) {
        const struct account_record *record =
            record_of(screen, user_batch_principal(batch, row, account).account);
        uint64_t bit = UINT64_C(1) << (row % 64);
        if (record != NULL && record->asset_class == ASSET_SMALL) {
            out->small[row / 64] |= bit;
        } else if (record != NULL && record->asset_class == ASSET_LARGE) {
            out->large[row / 64] |= bit;
        }
    }
}

/* What the account makes of a finding. */
static void apply_account(struct screen *screen, struct finding *finding)
{
    const struct account_record *record = NULL;

    if (screen->config->accounts == NULL) {
        return;
    }
    record = record_of(screen, finding->account);
    finding->asset_class = record == NULL ? ASSET_UNKNOWN : record->asset_class;
    finding->organization =
        record == NULL ? STR("") : screen->config->accounts->names[record->organization];
    finding->severity = asset_severity(finding->severity, finding->asset_class);
}

/* ---- exceptions and the baseline ------------------------------------------------------------ */

static const struct exception *exception_of(struct screen *screen, uint32_t control,
                                            const struct row_principal *principal, int64_t as_of,
                                            bool is_counted)
{
    return screen->exceptions == NULL
               ? NULL
               : exceptions_match(screen->exceptions, control, principal, as_of, is_counted);
}

static bool is_in_baseline(const struct screen *screen, uint32_t control,
                           const struct row_principal *principal, enum status status)
{
    const struct audit_config *config = screen->config;

    return config->baseline != NULL &&
           baseline_knows(config->baseline, principal->account, principal->user,
                          config->rules->controls[control].id, status);
}

static void screen_row(struct screen *screen, const struct row_principal *principal,
                       uint32_t control, int64_t as_of, size_t row, struct verdict_bits *bits,
                       struct screened_bits *out)
{
    size_t word = row / 64;
    uint64_t bit = UINT64_C(1) << (row % 64);
    enum status status = (bits->fail[word] & bit) != 0 ? STATUS_FAIL : STATUS_UNKNOWN;

    if (exception_of(screen, control, principal, as_of, true) != NULL) {
        status = STATUS_EXCEPTED;
    }
    if (is_in_baseline(screen, control, principal, status)) {
        out->left_out[word] |= bit;
    } else if (status == STATUS_EXCEPTED) {
        out->excepted[word] |= bit;
        out->was_unknown[word] |= bits->unknown[word] & bit;
    } else {
        return;
    }
    bits->fail[word] &= ~bit;
    bits->unknown[word] &= ~bit;
}

void screen_rows(struct screen *screen, const struct user_batch *batch, struct str account,
                 uint32_t control, int64_t as_of, struct verdict_bits *bits,
                 struct screened_bits *out)
{
    memset(out, 0, sizeof *out);
    if (screen->exceptions == NULL && screen->config->baseline == NULL) {
        return;
    }
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

    apply_account(screen, finding);
    if (finding->status == STATUS_EXCEPTED) {
        finding->exception = exception_of(screen, control, &principal, as_of, false);
    }
}

bool screen_single(struct screen *screen, uint32_t control, int64_t as_of, struct finding *finding)
{
    struct row_principal principal = principal_of(finding);

    apply_account(screen, finding);
    if (finding->status != STATUS_FAIL && finding->status != STATUS_UNKNOWN) {
        return true;
    }
    finding->exception = exception_of(screen, control, &principal, as_of, true);
    if (finding->exception != NULL) {
        finding->was_unknown = finding->status == STATUS_UNKNOWN;
        finding->status = STATUS_EXCEPTED;
    }
    return !is_in_baseline(screen, control, &principal, finding->status);
}
