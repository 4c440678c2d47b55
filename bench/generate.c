/* generate.c: writes credential reports for the benchmarks, the same bytes on every machine.
 *
 *   generate report BYTES [--quoted]     one report of at most BYTES to standard output
 *   generate folder DIR COUNT            COUNT small reports under DIR, a thousand a folder
 *
 * Rows are like those of real reports: 22 columns, times with +00:00, a root row first, then people
 * with passwords, programs with keys, and users whom nobody needs any more; names are distinct.
 * --quoted writes the same rows, but a hundredth of the names holds a comma and is quoted. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    DAY_FIRST = 15340, /* 2012-01-01, in days since 1970 */
    DAY_AS_OF = 20758, /* 2026-11-01: nothing has happened later */
    DAY_COUNT = 6000,
    OUT_SIZE = 1 << 20,
    ROW_SIZE_MAX = 1024,
    USERS_SMALL = 20,
    REPORTS_PER_FOLDER = 1000,
    SECONDS_PER_DAY = 86400,
};

struct out {
    int fd;
    size_t n;
    char bytes[OUT_SIZE + ROW_SIZE_MAX];
};

struct random {
    uint64_t state;
};

struct word {
    const char *p;
    size_t n;
};

#define WORD(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

static const struct word HEADER =
    WORD("user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,"
         "password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,"
         "access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,"
         "access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,"
         "access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,"
         "cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n");

static const struct word GIVEN[16] = {
    WORD("anna"),  WORD("bruno"),  WORD("chen"),   WORD("divya"), WORD("elif"), WORD("farid"),
    WORD("grace"), WORD("hiroto"), WORD("isabel"), WORD("jonas"), WORD("kofi"), WORD("lucie"),
    WORD("maria"), WORD("noor"),   WORD("oscar"),  WORD("priya"),
};
static const struct word FAMILY[16] = {
    WORD("almeida"), WORD("brown"), WORD("cohen"),    WORD("dubois"),
    WORD("eriksen"), WORD("fox"),   WORD("gruber"),   WORD("haddad"),
    WORD("ivanova"), WORD("jones"), WORD("kowalski"), WORD("lindqvist"),
    WORD("moreau"),  WORD("nowak"), WORD("okafor"),   WORD("petrov"),
};
static const struct word PROGRAM[8] = {
    WORD("backup"),  WORD("ci-deploy"), WORD("billing-export"), WORD("ses-smtp"),
    WORD("metrics"), WORD("terraform"), WORD("mobile-upload"),  WORD("etl-nightly"),
};
static const struct word REGION[8] = {
    WORD("us-east-1"), WORD("us-west-2"),      WORD("eu-west-1"), WORD("eu-central-1"),
    WORD("us-east-1"), WORD("ap-southeast-2"), WORD("us-east-1"), WORD("N/A"),
};
static const struct word SERVICE[8] = {
    WORD("s3"), WORD("ec2"), WORD("sts"), WORD("iam"),
    WORD("s3"), WORD("ses"), WORD("sqs"), WORD("dynamodb"),
};

static char day_text[DAY_COUNT][10];
static char two_digits[100][2];

static void stop(const char *what)
{
    fprintf(stderr, "generate: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* SplitMix64: equal sequences everywhere, good enough for shares of a population. */
static uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t random_below(struct random *random, uint32_t limit)
{
    return (uint32_t)(((random_next(random) >> 32) * limit) >> 32);
}

static bool random_percent(struct random *random, uint32_t percent)
{
    return random_below(random, 100) < percent;
}

static void prepare_tables(void)
{
    static const int month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 2012, month = 0, day = 0;

    for (int i = 0; i < 100; i++) {
        two_digits[i][0] = (char)('0' + i / 10);
        two_digits[i][1] = (char)('0' + i % 10);
    }
    for (int i = 0; i < DAY_COUNT; i++) {
        bool is_leap_month = month == 1 && year % 4 == 0;
        char *text = day_text[i];

        memcpy(text, two_digits[year / 100], 2);
        memcpy(text + 2, two_digits[year % 100], 2);
        text[4] = '-';
        memcpy(text + 5, two_digits[month + 1], 2);
        text[7] = '-';
        memcpy(text + 8, two_digits[day + 1], 2);
        if (++day == month_days[month] + is_leap_month) {
            day = 0;
            month = (month + 1) % 12;
            year += month == 0;
        }
    }
}

static void put_bytes(struct out *out, const char *p, size_t n)
{
    memcpy(out->bytes + out->n, p, n);
    out->n += n;
}

static void put_text(struct out *out, const char *text)
{
    put_bytes(out, text, strlen(text));
}

static void put_word(struct out *out, struct word word)
{
    put_bytes(out, word.p, word.n);
}

static void put_number(struct out *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put_bytes(out, digits + at, sizeof digits - at);
}

/* A time as reports write it; `seconds` since 1970. */
static void put_time(struct out *out, int64_t seconds)
{
    int64_t day = seconds / SECONDS_PER_DAY, second = seconds % SECONDS_PER_DAY;
    char *text = out->bytes + out->n;

    memcpy(text, day_text[day - DAY_FIRST], 10);
    text[10] = 'T';
    memcpy(text + 11, two_digits[second / 3600], 2);
    text[13] = ':';
    memcpy(text + 14, two_digits[second / 60 % 60], 2);
    text[16] = ':';
    memcpy(text + 17, two_digits[second % 60], 2);
    memcpy(text + 19, "+00:00", 6);
    out->n += 25;
}

static void out_flush(struct out *out)
{
    for (size_t at = 0; at < out->n;) {
        ssize_t n = write(out->fd, out->bytes + at, out->n - at);

        if (n < 0 && errno != EINTR) {
            stop("cannot write");
        }
        at += n > 0 ? (size_t)n : 0;
    }
    out->n = 0;
}

static int64_t time_between(struct random *random, int64_t from, int64_t to)
{
    return from + (to > from ? random_below(random, (uint32_t)(to - from)) : 0);
}

/* Half of all credentials were used within the last month, the others at any time. */
static int64_t time_of_use(struct random *random, int64_t since)
{
    const int64_t as_of = (int64_t)DAY_AS_OF * SECONDS_PER_DAY;
    int64_t month_ago = as_of - 30 * SECONDS_PER_DAY;

    return time_between(random, random_percent(random, 50) && since < month_ago ? month_ago : since,
                        as_of);
}

/* A slot of an access key, with the comma before it. */
static void put_key(struct out *out, struct random *random, uint32_t percent_present,
                    int64_t created)
{
    const int64_t as_of = (int64_t)DAY_AS_OF * SECONDS_PER_DAY;
    bool is_present = random_percent(random, percent_present);
    int64_t rotated;

    if (!is_present) {
        put_text(out, ",false,N/A,N/A,N/A,N/A");
        return;
    }
    put_text(out, random_percent(random, 85) ? ",true," : ",false,");
    rotated = random_percent(random, 20) ? created + random_below(random, 20)
                                         : time_between(random, created, as_of);
    rotated = rotated < as_of ? rotated : as_of;
    put_time(out, rotated);
    if (random_percent(random, 20)) {
        put_text(out, ",N/A,N/A,N/A");
        return;
    }
    put_text(out, ",");
    put_time(out, time_of_use(random, rotated));
    put_text(out, ",");
    put_word(out, REGION[random_below(random, 8)]);
    put_text(out, ",");
    put_word(out, SERVICE[random_below(random, 8)]);
}

/* password_enabled to mfa_active, with the comma before them. */
static void put_password(struct out *out, struct random *random, bool is_person, int64_t created)
{
    int64_t changed;

    if (!is_person) {
        put_text(out, random_percent(random, 2) ? ",false,N/A,N/A,N/A,true"
                                                : ",false,N/A,N/A,N/A,false");
        return;
    }
    changed = time_between(random, created, (int64_t)DAY_AS_OF * SECONDS_PER_DAY);
    put_text(out, ",true,");
    if (random_percent(random, 12)) {
        put_text(out, "no_information");
    } else {
        put_time(out, time_of_use(random, changed));
    }
    put_text(out, ",");
    put_time(out, changed);
    put_text(out, ",");
    if (random_percent(random, 30)) {
        put_time(out, changed + (int64_t)90 * SECONDS_PER_DAY);
    } else {
        put_text(out, "N/A");
    }
    put_text(out, random_percent(random, 70) ? ",true" : ",false");
}

/* The name of user number `index`, which makes it distinct; `mark` stands between its words. */
static void put_name(struct out *out, bool is_person, uint64_t hash, uint64_t index, char mark)
{
    if (is_person) {
        put_word(out, GIVEN[hash % 16]);
        put_bytes(out, &mark, 1);
        put_word(out, FAMILY[hash / 16 % 16]);
    } else {
        put_text(out, "svc");
        put_bytes(out, &mark, 1);
        put_word(out, PROGRAM[hash % 8]);
    }
    put_number(out, index);
}

/* user and arn; returns how many bytes quoting added. */
static size_t put_user(struct out *out, struct random *random, bool is_person, uint64_t account,
                       uint64_t index, bool may_quote)
{
    uint64_t hash = random_next(random);
    bool is_quoted = may_quote && index % 100 == 50;
    char mark = is_quoted ? ',' : '.';
    const char *quote = is_quoted ? "\"" : "";

    put_text(out, quote);
    put_name(out, is_person, hash, index, mark);
    put_text(out, quote);
    put_text(out, ",");
    put_text(out, quote);
    put_text(out, "arn:aws:iam::");
    put_number(out, account);
    put_text(out, hash >> 60 == 0 ? ":user/division/team/" : ":user/");
    put_name(out, is_person, hash, index, mark);
    put_text(out, quote);
    return is_quoted ? 4 : 0;
}

static size_t put_row(struct out *out, struct random *random, uint64_t account, uint64_t index,
                      bool may_quote)
{
    uint32_t kind = random_below(random, 100); /* 45 people, 45 programs, 10 left over */
    bool is_person = kind < 45;
    int64_t created = time_between(random, (int64_t)(DAY_FIRST + 400) * SECONDS_PER_DAY,
                                   (int64_t)DAY_AS_OF * SECONDS_PER_DAY);
    size_t quotes = put_user(out, random, is_person, account, index, may_quote);

    put_text(out, ",");
    put_time(out, created);
    put_password(out, random, is_person, created);
    put_key(out, random, is_person ? 40 : kind < 90 ? 97 : 10, created);
    put_key(out, random, is_person ? 8 : kind < 90 ? 18 : 0, created);
    put_text(out, ",false,N/A,false,N/A\n");
    return quotes;
}

static void put_root(struct out *out, struct random *random, uint64_t account)
{
    int64_t created = time_between(random, (int64_t)DAY_FIRST * SECONDS_PER_DAY,
                                   (int64_t)(DAY_FIRST + 400) * SECONDS_PER_DAY);

    put_text(out, "<root_account>,arn:aws:iam::");
    put_number(out, account);
    put_text(out, ":root,");
    put_time(out, created);
    put_text(out, ",not_supported,");
    put_time(out, time_of_use(random, created));
    put_text(out, ",not_supported,not_supported");
    put_text(out, random_percent(random, 85) ? ",true" : ",false");
    put_key(out, random, 6, created);
    put_key(out, random, 1, created);
    put_text(out, ",");
    if (random_percent(random, 4)) {
        put_text(out, random_percent(random, 50) ? "true," : "false,");
        put_time(out, created + SECONDS_PER_DAY);
    } else {
        put_text(out, "false,N/A");
    }
    put_text(out, ",false,N/A\n");
}

static void write_report(struct out *out, uint64_t size_max, bool may_quote)
{
    struct random random = {1};
    uint64_t account = 402718365514, size = 0;

    put_word(out, HEADER);
    put_root(out, &random, account);
    for (uint64_t index = 1;; index++) {
        size_t begin = out->n;
        size_t quotes = put_row(out, &random, account, index, may_quote);

        /* What the unquoted report holds decides, so that both have the same rows. */
        size += out->n - begin - quotes;
        if (size + HEADER.n + ROW_SIZE_MAX > size_max) {
            break;
        }
        if (out->n >= OUT_SIZE) {
            out_flush(out);
        }
    }
    out_flush(out);
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0755) != 0 && errno != EEXIST) {
        stop(path);
    }
}

static void write_folder(struct out *out, const char *folder, uint64_t count)
{
    struct random random = {2};
    char path[PATH_MAX];

    make_folder(folder);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t account = 100000000000 + i * 7919;
        uint64_t user_count = USERS_SMALL / 2 + random_below(&random, USERS_SMALL + 1);

        snprintf(path, sizeof path, "%s/%03u", folder, (unsigned)(i / REPORTS_PER_FOLDER));
        if (i % REPORTS_PER_FOLDER == 0) {
            make_folder(path);
        }
        snprintf(path, sizeof path, "%s/%03u/%llu.csv", folder, (unsigned)(i / REPORTS_PER_FOLDER),
                 (unsigned long long)account);
        out->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        if (out->fd < 0) {
            stop(path);
        }
        put_word(out, HEADER);
        put_root(out, &random, account);
        for (uint64_t user = 1; user <= user_count; user++) {
            put_row(out, &random, account, user, false);
        }
        out_flush(out);
        if (close(out->fd) != 0) {
            stop(path);
        }
    }
}

int main(int argc, char **argv)
{
    static struct out out;
    bool is_report = argc >= 3 && strcmp(argv[1], "report") == 0;
    bool is_folder = argc == 4 && strcmp(argv[1], "folder") == 0;
    bool is_quoted = is_report && argc == 4 && strcmp(argv[3], "--quoted") == 0;

    if (!is_folder && !(is_report && argc == 3 + is_quoted)) {
        fprintf(stderr, "usage: generate report BYTES [--quoted] | generate folder DIR COUNT\n");
        return 2;
    }
    prepare_tables();
    if (is_report) {
        out.fd = STDOUT_FILENO;
        write_report(&out, strtoull(argv[2], NULL, 10), is_quoted);
    } else {
        write_folder(&out, argv[2], strtoull(argv[3], NULL, 10));
    }
    return 0;
}
