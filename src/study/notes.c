#include "study/notes.h"

#include "base/instant.h"
#include "render/number.h"

enum { NOTES_MAX = 32, TEXT_SIZE_MAX = 1024 };

struct notes {
    struct study_result *result;
    struct buf text;
    bool is_full;
};

/* Ends the note at hand. */
static void end_note(struct notes *notes, uint64_t count)
{
    struct study_note *note = &notes->result->notes[notes->result->note_count++];

    note->count = count;
    notes->is_full |= notes->text.overflowed ||
                      !arena_str(&notes->result->arena, buf_text(&notes->text), &note->text);
    buf_clear(&notes->text);
}

/* "12 files lie outside ...": `one` and `many` are what follows the counted noun. */
static void say(struct notes *notes, uint64_t count, struct str noun, const char *one,
                const char *many)
{
    if (count > 0) {
        number_counted(&notes->text, count, noun);
        buf_char(&notes->text, ' ');
        buf_str(&notes->text, str_from(count == 1 ? one : many));
        end_note(notes, count);
    }
}

/* Samples that lie close, and what --weekly left out of them. */
static void say_weeks(struct notes *notes, const struct sample_provider *provider)
{
    uint64_t close = 0;

    for (size_t i = 1; i < provider->date_count; i++) {
        close += provider->dates[i] - provider->dates[i - 1] < 7 * SECONDS_PER_DAY;
    }
    say(notes, close, STR("date"),
        "lies within a week of the one before: a root use can count in both; --weekly takes one "
        "sample a week",
        "lie within a week of the one before: a root use can count in both; --weekly takes one "
        "sample a week");
    say(notes, atomic_load(provider->passed), STR("sample"),
        "is left out beside a later one of its account and date",
        "are left out beside later ones of their account and date");
}

/* How many samples the figures rest on: of accounts, since a gap is none. */
static void say_basis(struct notes *notes, const struct tally *tally)
{
    uint64_t reports = tally->weeks[tally->iam_date].accounts;

    if ((notes->result->kind & STUDY_ROOT) != 0 && tally->samples > 0) {
        buf_str(&notes->text, STR("root figures rest on "));
        number_counted(&notes->text, tally->samples, STR("report"));
        buf_str(&notes->text, STR(" in "));
        number_counted(&notes->text, notes->result->week_count, STR("sample"));
        end_note(notes, tally->samples);
    }
    if ((notes->result->kind & STUDY_IAM) != 0 && reports > 0) {
        buf_str(&notes->text, STR("IAM figures rest on "));
        number_counted(&notes->text, reports, STR("report"));
        buf_str(&notes->text, STR(" in the sample of "));
        instant_write(&notes->text, tally->provider->dates[tally->iam_date]);
        notes->text.n -= sizeof "T00:00:00Z" - 1; /* a day */
        end_note(notes, reports);
    }
}

static void say_gaps(struct notes *notes, const struct tally *tally)
{
    uint64_t gaps = 0, joined = 0, left = 0;

    for (size_t i = 0; i < notes->result->week_count; i++) {
        gaps += notes->result->weeks[i].gaps;
        joined += notes->result->weeks[i].joined;
        left += notes->result->weeks[i].left;
    }
    if (gaps > 0) {
        number_counted(&notes->text, tally->gap_accounts, STR("account"));
        buf_str(&notes->text, tally->gap_accounts == 1 ? STR(" has gaps: ") : STR(" have gaps: "));
        number_counted(&notes->text, gaps, STR("sample"));
        buf_str(&notes->text, gaps == 1 ? STR(" is missing in between and counts for nothing")
                                        : STR(" are missing in between and count for nothing"));
        end_note(notes, gaps);
    }
    say(notes, joined, STR("account"), "joined after the first sample",
        "joined after the first sample");
    say(notes, left, STR("account"), "left before the last sample", "left before the last sample");
    say(notes, tally->moved_accounts, STR("account"),
        "changed organization: each sample counts for the one it then was of",
        "changed organization: each sample counts for the one it then was of");
}

/* What of the timeline counts, and what it cannot have seen. */
static void say_timeline(struct notes *notes)
{
    const struct study_trail *trail = &notes->result->trail;

    if (!trail->is_there || (notes->result->kind & STUDY_ROOT) == 0) {
        return;
    }
    say(notes, trail->events - trail->placed, STR("event"),
        "of the timeline is in no week before a sample of its account, and does not count",
        "of the timeline are in no week before a sample of their account, and do not count");
    say(notes, trail->sums.report_only, STR("use"),
        "that a report tells is not in the timeline: that account or week was not scanned whole",
        "that reports tell are not in the timeline: these accounts or weeks were not scanned "
        "whole");
}

/* Two dates that follow each other more than a week and a half apart. */
static void say_missing_weeks(struct notes *notes)
{
    uint64_t count = 0;

    for (size_t i = 1; i < notes->result->week_count; i++) {
        int64_t days =
            (notes->result->weeks[i].at - notes->result->weeks[i - 1].at) / SECONDS_PER_DAY;
        count += days > 7;
    }
    say(notes, count, STR("time"),
        "the next sample came more than 7 days after: uses in between may show in none",
        "the next sample came more than 7 days after: uses in between may show in none");
}

static void say_samples(struct notes *notes, const struct tally *tally,
                        const struct study_config *config)
{
    say(notes, config->duplicates, STR("report"),
        "is of an account and date that had one before: the first by name is taken",
        "are of an account and date that had one before: the first by name is taken");
    say(notes, config->outside, STR("file"),
        "lies in no folder named by a date and was passed over",
        "lie in no folder named by a date and were passed over");
    say(notes, config->not_reports, STR("file"), "is no credential report and was passed over",
        "are no credential reports and were passed over");
    say(notes, tally->broken, STR("report"), "could not be read: a gap", "could not be read: gaps");
    say(notes, tally->rows_lost, STR("row"), "could not be read and was left out",
        "could not be read and were left out");
    say(notes, tally->unreadable_cells, STR("cell"),
        "could not be read: what depends on it is unknown, neither good nor bad",
        "could not be read: what depends on them is unknown, neither good nor bad");
    say(notes, tally->lacking_columns, STR("report"),
        "is of a generation without the last use of keys: it cannot show API use, nor that a key "
        "is unused",
        "are of a generation without the last use of keys: they cannot show API use, nor that a "
        "key is unused");
    say(notes, tally->no_root, STR("report"), "has no root row: nothing is known of root in it",
        "have no root row: nothing is known of root in them");
}

static void say_clocks(struct notes *notes, const struct tally *tally)
{
    say(notes, tally->late_cells, STR("date"),
        "is later than its sample's instant: not older than anything, not idle",
        "are later than their sample's instant: not older than anything, not idle");
    say(notes, tally->late_roots, STR("sample"),
        "tells of a root use after its instant, which is none of that week",
        "tell of a root use after their instant, which is none of that week");
    say(notes, tally->young_uses, STR("sample"),
        "tells of root use in an account that is not known to be 30 days old, which is not counted",
        "tell of root use in accounts that are not known to be 30 days old, which is not counted");
}

static void say_owners(struct notes *notes, const struct tally *tally,
                       const struct study_config *config)
{
    if (!config->has_accounts && tally->samples > 0) {
        buf_str(&notes->text, STR("there is no accounts.csv: organizations, asset classes and "
                                  "which accounts stand alone are not known"));
        end_note(notes, tally->samples);
        return;
    }
    say(notes, tally->unknown_organization, STR("sample"),
        "is of an account whose organization is not known: in no organization's figure",
        "are of accounts whose organization is not known: in no organization's figure");
    say(notes, tally->uses_by_class[ASSET_UNKNOWN], STR("use"),
        "is in an account of unknown asset class", "are in accounts of unknown asset class");
}

static void say_open(struct notes *notes)
{
    const struct study_open *open = &notes->result->open;

    say(notes, open->standing_unknown, STR("account"),
        "is not known to stand alone or not: practice 1 does not count its users",
        "are not known to stand alone or not: practice 1 does not count their users");
    say(notes, open->mfa, STR("user"), "cannot be judged on MFA (practice 1)",
        "cannot be judged on MFA (practice 1)");
    say(notes, open->initial_key, STR("user"), "cannot be judged on a key at setup (practice 2)",
        "cannot be judged on a key at setup (practice 2)");
    say(notes, open->two_keys, STR("user"), "cannot be judged on two active keys (practice 3)",
        "cannot be judged on two active keys (practice 3)");
    say(notes, open->rotation, STR("user"), "cannot be judged on rotation (practice 4)",
        "cannot be judged on rotation (practice 4)");
    say(notes, open->unused, STR("user"), "cannot be judged on unused credentials (practice 5)",
        "cannot be judged on unused credentials (practice 5)");
}

bool notes_fill(struct study_result *result, const struct tally *tally,
                const struct study_config *config, struct err *err)
{
    struct notes notes = {.result = result};

    buf_init(&notes.text, TEXT_SIZE_MAX);
    result->notes = mem_array(NOTES_MAX, sizeof *result->notes);
    say_basis(&notes, tally);
    say_weeks(&notes, config->provider);
    say_gaps(&notes, tally);
    say_timeline(&notes);
    say_missing_weeks(&notes);
    say_samples(&notes, tally, config);
    say_clocks(&notes, tally);
    say_owners(&notes, tally, config);
    if ((result->kind & STUDY_IAM) != 0) {
        say_open(&notes);
    }
    if (tally->groups == NULL) {
        number_counted(&notes.text, tally->provider->name_count - 1, STR("organization"));
        buf_str(&notes.text, STR(" and units are too many to be told apart: no groups"));
        end_note(&notes, tally->provider->name_count - 1);
    }
    if (result->group_total > result->group_count) {
        number_counted(&notes.text, result->group_total - result->group_count, STR("group"));
        buf_str(&notes.text, STR(" beyond the first are not listed"));
        end_note(&notes, result->group_total - result->group_count);
    }
    buf_release(&notes.text);
    return !notes.is_full || err_set(err, ERR_INPUT, "the names of this study are too long");
}
