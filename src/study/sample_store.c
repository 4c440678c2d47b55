#include "study/sample_store.h"

#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "model/asset.h"

enum { BLOCK_SAMPLES = 256, BLOCKS_MAX = 1 << 20 };

static int64_t day_of(int64_t at)
{
    int64_t day = at / SECONDS_PER_DAY;

    return at % SECONDS_PER_DAY < 0 ? day - 1 : day;
}

/* ---- one reader ----------------------------------------------------------------------------- */

struct store_reader {
    struct stored_fleet *fleet;
    sample_tell_fn tell;
    void *told;
    struct store_samples *samples; /* NULL: the store could not be opened, which was told */
    uint64_t account;              /* of the sample before */
    int64_t day;
    uint64_t bad_rows; /* of the sample at hand */
    const uint64_t *identities;
    bool is_broken; /* the block cannot be read on */
};

static void tell_error(struct store_reader *reader, const struct err *err)
{
    reader->tell(reader->told, err);
    reader->is_broken = true;
}

static void *reader_new(const struct sample_provider *provider, sample_tell_fn tell, void *shared)
{
    struct store_reader *reader = mem_alloc(sizeof *reader);
    struct err err = {0};

    reader->fleet = provider->shared;
    reader->tell = tell;
    reader->told = shared;
    if (!store_samples_open(&reader->samples, reader->fleet->path, STUDY_COLUMNS, &err)) {
        tell_error(reader, &err);
    }
    return reader;
}

static void reader_free(void *shared)
{
    struct store_reader *reader = shared;

    if (reader != NULL) {
        store_samples_close(reader->samples);
        mem_free(reader);
    }
}

static void block_begin(void *shared, size_t block)
{
    struct store_reader *reader = shared;
    const struct stored_fleet *fleet = reader->fleet;
    uint64_t last =
        block + 1 < fleet->provider.block_count ? fleet->begins[block + 1] - 1 : STORE_ACCOUNT_MAX;
    struct err err = {0};

    reader->account = UINT64_MAX;
    reader->is_broken = reader->samples == NULL;
    if (!reader->is_broken &&
        !store_samples_range(reader->samples, fleet->begins[block], last, &err)) {
        tell_error(reader, &err);
    }
}

/* The index of the day among the dates; false for one that came while the study ran. */
static bool find_date(const struct stored_fleet *fleet, int64_t day, uint32_t *out)
{
    size_t low = 0, high = fleet->provider.date_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (fleet->dates[middle] < day * SECONDS_PER_DAY) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *out = (uint32_t)low;
    return low < fleet->provider.date_count && fleet->dates[low] == day * SECONDS_PER_DAY;
}

static enum asset_class class_of(const struct store_sample *stored)
{
    uint64_t sum = 0;
    bool is_known = true;

    for (int i = 0; i < STORE_SAMPLE_COUNTS; i++) {
        is_known &= stored->counts[i] >= 0;
        sum += stored->counts[i] < 0 ? 0 : (uint64_t)stored->counts[i];
    }
    return asset_class_of(sum, is_known);
}

static bool sample_next(void *shared, struct sample *out)
{
    struct store_reader *reader = shared;
    struct stored_fleet *fleet = reader->fleet;
    struct store_sample stored;
    struct err err = {0};
    uint32_t date = 0;

    while (!reader->is_broken && store_samples_next(reader->samples, &stored, &err)) {
        int64_t day = day_of(stored.taken_at);
        if (stored.account == reader->account && day == reader->day) {
            atomic_fetch_add(&fleet->duplicates, 1);
            continue;
        }
        reader->account = stored.account;
        reader->day = day;
        reader->bad_rows = stored.bad_rows;
        if (!find_date(fleet, day, &date) || stored.organization >= fleet->organization_count ||
            stored.unit >= fleet->unit_count) {
            continue; /* it was not there when the study began */
        }
        *out = (struct sample){.account = stored.account,
                               .at = stored.taken_at,
                               .date = date,
                               .organization = fleet->organizations[stored.organization],
                               .unit = fleet->units[stored.unit],
                               .asset_class = (uint8_t)class_of(&stored),
                               .standing = stored.standing,
                               .is_alone = fleet->provider.date_count == 1};
        return true;
    }
    if (err.kind != ERR_NONE) {
        tell_error(reader, &err);
    }
    return false;
}

static bool has_unreadable_flag(const struct user_batch *batch, const struct flag_bits *flags)
{
    uint64_t known = 0, unknown = 0;

    for (size_t w = 0; w < batch->words; w++) {
        uint64_t any =
            flags->is_true[w] | flags->is_false[w] | flags->is_na[w] | flags->is_not_supported[w];
        known |= any;
        unknown |= batch->valid[w] & ~any;
    }
    return unknown != 0 && known != 0; /* a column of nothing at all is missing */
}

/* The columns in which some cell could not be read. */
static uint32_t find_unreadable(const struct user_batch *batch)
{
    uint32_t found = 0;

    for (int i = 0; i < COLUMN_COUNT; i++) {
        if ((STUDY_COLUMNS >> i & 1) == 0) {
            continue;
        }
        bool is_unreadable = false;
        if (batch->flags[i] != NULL) {
            is_unreadable = has_unreadable_flag(batch, batch->flags[i]);
        } else {
            for (size_t row = 0; row < batch->rows; row++) {
                is_unreadable |= batch->times[i][row] == TIME_UNREADABLE;
            }
        }
        found |= (uint32_t)is_unreadable << i;
    }
    return found;
}

static enum sample_step rows_next(void *shared, struct sample_rows *out)
{
    struct store_reader *reader = shared;
    struct err err = {0};

    *out = (struct sample_rows){0};
    if (store_samples_batch(reader->samples, &out->batch, &out->identities, &err)) {
        reader->identities = out->identities;
        out->unreadable = find_unreadable(out->batch);
        return SAMPLE_ROWS;
    }
    if (err.kind != ERR_NONE) {
        tell_error(reader, &err);
        return SAMPLE_BROKEN;
    }
    out->rows_lost = reader->bad_rows;
    return SAMPLE_END;
}

static struct str user_name(void *shared, size_t row)
{
    struct store_reader *reader = shared;

    return store_user_name(reader->samples, reader->identities[row]);
}

/* ---- the fleet ------------------------------------------------------------------------------ */

/* The days of the snapshots: `times` rise. */
static bool fill_dates(struct stored_fleet *fleet, const int64_t *times, size_t count,
                       struct err *err)
{
    size_t days = 0;

    fleet->dates = mem_array(count + 1, sizeof *fleet->dates);
    for (size_t i = 0; i < count; i++) {
        int64_t midnight = day_of(times[i]) * SECONDS_PER_DAY;
        if (days == 0 || fleet->dates[days - 1] != midnight) {
            fleet->dates[days++] = midnight;
        }
    }
    fleet->provider.date_count = days;
    return days <= SAMPLE_DATES_MAX ||
           err_set(err, ERR_INPUT, "there are snapshots of more than %d days", SAMPLE_DATES_MAX);
}

static bool fill_names(struct stored_fleet *fleet, struct err *err)
{
    struct store_samples *samples = NULL;
    bool ok = store_samples_open(&samples, fleet->path, 0, err);

    if (!ok) {
        return false;
    }
    /* 0 is always there: not known. */
    fleet->organization_count = store_organization_end(samples) + 1;
    fleet->unit_count = store_unit_end(samples) + 1;
    fleet->organizations = mem_array((size_t)fleet->organization_count, sizeof(uint32_t));
    fleet->units = mem_array((size_t)fleet->unit_count, sizeof(uint32_t));
    for (uint64_t id = 1; ok && id < fleet->organization_count; id++) {
        ok = names_intern(&fleet->names, store_organization_name(samples, id),
                          &fleet->organizations[id]);
    }
    for (uint64_t id = 1; ok && id < fleet->unit_count; id++) {
        ok = names_intern(&fleet->names, store_unit_path(samples, id), &fleet->units[id]);
    }
    store_samples_close(samples);
    return ok || err->kind != ERR_NONE ||
           err_set(err, ERR_INPUT, "the names of organizations and units are too long");
}

/* Blocks of about equal work: accounts have about as many snapshots each. */
static bool fill_blocks(struct stored_fleet *fleet, struct store *store, struct err *err)
{
    const struct store_extent *extent = &fleet->extent;
    uint64_t each = extent->accounts == 0 ? 1 : extent->snapshots / extent->accounts;
    uint64_t size = each >= BLOCK_SAMPLES ? 1 : BLOCK_SAMPLES / (each == 0 ? 1 : each);
    uint64_t count_max = extent->accounts / size + 1;

    count_max = count_max < BLOCKS_MAX ? count_max : BLOCKS_MAX;
    fleet->begins = mem_array((size_t)count_max, sizeof *fleet->begins);
    return store_accounts_split(store, size, fleet->begins, (size_t)count_max,
                                &fleet->provider.block_count, err);
}

bool stored_fleet_open(struct stored_fleet *fleet, struct str path, struct err *err)
{
    struct store *store = NULL;
    int64_t *times = NULL;
    size_t time_count = 0;
    bool ok = false;

    *fleet = (struct stored_fleet){.path = path};
    names_init(&fleet->names);
    ok = store_open(&store, path, STORE_READ, err) &&
         store_extent_read(store, &fleet->extent, err) &&
         store_times_read(store, &times, &time_count, err) &&
         fill_dates(fleet, times, time_count, err) && fill_names(fleet, err) &&
         fill_blocks(fleet, store, err);
    mem_free(times);
    store_close(store);
    if (!ok) {
        err_place(err, path, 0, 0);
        return false;
    }
    fleet->provider = (struct sample_provider){
        .dates = fleet->dates,
        .date_count = fleet->provider.date_count,
        .names = fleet->names.list,
        .name_count = fleet->names.count,
        .block_count = fleet->provider.block_count,
        .shared = fleet,
        .reader_new = reader_new,
        .reader_free = reader_free,
        .block_begin = block_begin,
        .sample_next = sample_next,
        .rows_next = rows_next,
        .user_name = user_name,
    };
    return true;
}

void stored_fleet_close(struct stored_fleet *fleet)
{
    mem_free(fleet->begins);
    mem_free(fleet->dates);
    mem_free(fleet->organizations);
    mem_free(fleet->units);
    names_release(&fleet->names);
    *fleet = (struct stored_fleet){0};
}
