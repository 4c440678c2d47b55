#include "remedy/script.h"

#include "render/number.h"
#include "report/outline.h"

enum { OUT_SIZE_MAX = 64 << 20, TEXT_SIZE = 1024, FLUSH_SIZE = 1 << 16 };

/* ---- head ----------------------------------------------------------------------------------- */

static uint64_t step_count(const struct plan *plan)
{
    return plan->counts[STEP_CHANGE] + plan->counts[STEP_PERSON];
}

static void found_write(struct buf *text, const struct plan *plan)
{
    struct str separator = STR(": ");

    number_counted(text, step_count(plan), STR("finding"));
    for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--) {
        if (plan->severities[severity] > 0) {
            buf_str(text, separator);
            number_grouped(text, plan->severities[severity]);
            buf_char(text, ' ');
            buf_str(text, severity_name((enum severity)severity));
            separator = STR(", ");
        }
    }
    buf_str(text, STR("; a command mends "));
    number_grouped(text, plan->counts[STEP_CHANGE]);
    buf_str(text, STR(" and can be taken back, "));
    number_grouped(text, plan->counts[STEP_PERSON]);
    buf_str(text, plan->counts[STEP_PERSON] == 1 ? STR(" is for people") : STR(" are for people"));
}

static void left_out_write(struct buf *text, const struct plan *plan)
{
    number_grouped(text, plan->counts[STEP_UNKNOWN]);
    buf_str(text, STR(" unknown, at the end; "));
    number_grouped(text, plan->counts[STEP_EXCEPTED]);
    buf_str(text, STR(" excepted"));
    if (plan->filtered_count > 0) {
        buf_str(text, STR("; "));
        number_grouped(text, plan->filtered_count);
        buf_str(text, STR(" of other controls or accounts"));
    }
}

static void facts_write(struct buf *out, const struct plan *plan, const struct posture *posture,
                        const struct report_options *options)
{
    struct buf text;

    buf_init(&text, TEXT_SIZE);
    buf_str(&text, options->packs);
    step_comment_write(out, STR("judged by"), buf_text(&text));
    buf_clear(&text);
    outline_as_of_write(&text, posture);
    step_comment_write(out, STR("as of"), buf_text(&text));
    buf_clear(&text);
    number_counted(&text, posture->report_count, STR("report"));
    buf_str(&text, STR(", "));
    number_counted(&text, posture->root_count, STR("root user"));
    buf_str(&text, STR(", "));
    number_counted(&text, posture->user_count, STR("user"));
    step_comment_write(out, STR("read"), buf_text(&text));
    if (posture->error_count > 0) {
        buf_clear(&text);
        number_counted(&text, posture->error_count, STR("error"));
        buf_str(&text, STR(" in the input: what could not be read is not in this plan"));
        step_comment_write(out, STR("not read"), buf_text(&text));
    }
    buf_clear(&text);
    found_write(&text, plan);
    step_comment_write(out, STR("found"), buf_text(&text));
    buf_clear(&text);
    left_out_write(&text, plan);
    step_comment_write(out, STR("left out"), buf_text(&text));
    buf_release(&text);
}

static void functions_write(struct buf *out)
{
    buf_str(
        out,
        STR("\n"
            "identity=$(aws sts get-caller-identity --query '[Account,Arn]' --output text)\n"
            "account=${identity%%[!0-9]*}\n"
            "arn=arn:${identity#*arn:}\n"
            "account_count=0\n"
            "missed_count=0\n"
            "\n"
            "in_account() {\n"
            "    if [ \"$account\" != \"$1\" ]; then\n"
            "        echo \"account $1: left out, the credentials are of account $account\" >&2\n"
            "        return 1\n"
            "    fi\n"
            "    account_count=$((account_count + 1))\n"
            "}\n"
            "is_me() {\n"
            "    if [ \"$arn\" != \"$1\" ]; then\n"
            "        echo \"  only a session of $1 can look\"\n"
            "        return 1\n"
            "    fi\n"
            "}\n"
            "say() {\n"
            "    printf '%s\\n' \"$1\"\n"
            "}\n"
            "missed() {\n"
            "    echo '  this look-up failed: leave the step alone' >&2\n"
            "    missed_count=$((missed_count + 1))\n"
            "}\n"));
}

static void head_write(struct buf *out, const struct plan *plan, const struct posture *posture,
                       const struct report_options *options)
{
    buf_str(out, STR("#!/bin/sh\n# A plan to mend findings, made by keywarden "));
    buf_str(out, options->version);
    buf_str(out, STR(".\n# It was only generated: nothing has been applied.\n#\n"));
    facts_write(out, plan, posture, options);
    buf_str(
        out,
        STR("#\n"
            "# Running this script changes nothing. For the account that the credentials in use\n"
            "# belong to, it asks AWS what is there now. Each command that changes something is a\n"
            "# comment behind \"#>\". To review: read each step, run the script, and compare what "
            "it\n"
            "# shows with the evidence. To carry out a step: copy its command, without \"#>\", "
            "into\n"
            "# a shell; it asks AWS again and acts only on what still fails.\n"
            "set -eu\n"));
    if (step_count(plan) > 0) {
        functions_write(out);
    }
}

/* ---- steps ---------------------------------------------------------------------------------- */

static void account_begin(struct buf *out, struct str account, bool is_guarded)
{
    buf_str(out, STR("\n# ---- account "));
    buf_str(out, is_guarded ? account : STR("unknown"));
    buf_str(out, STR(" ----\n"));
    if (is_guarded) {
        buf_str(out, STR("if in_account "));
        buf_str(out, account);
        buf_str(out, STR("; then\nsay 'account "));
        buf_str(out, account);
        buf_str(out, STR("'\n"));
    }
}

static void step_begin(struct buf *out, const struct plan_entry *entry, uint64_t number,
                       uint64_t count)
{
    buf_str(out, STR("\n# Step "));
    buf_u64(out, number);
    buf_str(out, STR(" of "));
    buf_u64(out, count);
    buf_str(out, entry->step.kind == STEP_CHANGE ? STR(": a change that can be taken back\n")
                                                 : STR(": for people\n"));
}

static void unknowns_begin(struct buf *out)
{
    buf_str(out, STR("\n# ---- unknown ----\n# "));
    buf_str(out, outline_unknown_note);
    buf_str(out, STR("\n"));
    step_comment_write(out, STR("not collected"), outline_gap_notes[GAP_NOT_COLLECTED]);
    step_comment_write(out, STR("anything else"), outline_gap_notes[GAP_INPUT]);
}

static void tail_write(struct buf *out, const struct plan *plan)
{
    if (step_count(plan) == 0) {
        buf_str(out, STR("\necho 'no finding to mend'\n"));
        return;
    }
    buf_str(out, STR("\nif [ \"$account_count\" -eq 0 ]; then\n"
                     "    echo 'no account of this plan is the one of the credentials in use' >&2\n"
                     "    exit 1\n"
                     "fi\n"
                     "if [ \"$missed_count\" -gt 0 ]; then\n"
                     "    echo \"look-ups that failed: $missed_count\" >&2\n"
                     "    exit 1\n"
                     "fi\n"
                     "say 'nothing was changed'\n"));
}

bool script_write(const struct plan *plan, const struct posture *posture,
                  const struct report_options *options, struct script_sink sink, struct err *err)
{
    const struct plan_entry *last = NULL;
    uint64_t number = 0;
    bool is_guarded = false, ok = true;
    struct buf out;

    buf_init(&out, OUT_SIZE_MAX);
    head_write(&out, plan, posture, options);
    for (size_t i = 0; ok && i < plan->count; i++) {
        const struct plan_entry *entry = &plan->entries[i];
        bool is_unknown = entry->step.kind == STEP_UNKNOWN;
        bool was_unknown = last != NULL && last->step.kind == STEP_UNKNOWN;
        if (last == NULL || is_unknown != was_unknown ||
            (!is_unknown && !str_eq(last->account, entry->account))) {
            buf_str(&out, is_guarded ? STR("fi\n") : STR(""));
            is_guarded = !is_unknown && step_account_is_known(entry->account);
            if (is_unknown) {
                unknowns_begin(&out);
            } else {
                account_begin(&out, entry->account, is_guarded);
            }
        }
        if (!is_unknown) {
            step_begin(&out, entry, ++number, step_count(plan));
        }
        buf_str(&out, entry->text);
        last = entry;
        if (out.n >= FLUSH_SIZE) {
            ok = sink.write(sink.shared, buf_text(&out), err);
            buf_clear(&out);
        }
    }
    buf_str(&out, is_guarded ? STR("fi\n") : STR(""));
    tail_write(&out, plan);
    ok = ok && sink.write(sink.shared, buf_text(&out), err);
    buf_release(&out);
    return ok;
}
