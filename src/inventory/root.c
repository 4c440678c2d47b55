#include <stdio.h>

#include "inventory/internal.h"

/* The root user. A session of root tells what it has, call by call; what no session told comes from
 * the account's summary and its virtual MFA devices, which say whether there is something, not
 * what. ToldBy says who said which. */

#define SUMMARY STR("iam:GetAccountSummary")

enum flag { FLAG_UNKNOWN, FLAG_NO, FLAG_YES };

struct summary {
    bool is_known;
    enum flag password, mfa, keys, certificates;
};

struct root {
    struct reading *reading;
    struct summary summary;
    struct buf told; /* the elements of ToldBy, as JSON */
    struct json_writer told_by;
};

/* An entry of the summary; AWS counts with 0 and 1 here. */
static enum flag summary_flag(const struct tree *map, struct str key)
{
    for (const struct tree *entry = map->first; entry != NULL; entry = entry->next) {
        if (str_eq(tree_text(entry, "key"), key)) {
            struct str value = tree_text(entry, "value");
            uint64_t number = 0;
            return !str_to_u64(value, &number) ? FLAG_UNKNOWN : number == 0 ? FLAG_NO : FLAG_YES;
        }
    }
    return FLAG_UNKNOWN;
}

/* In the session the summary is what root itself sees; else it is what the role was told. */
static void summary_read(struct root *root, struct str subject)
{
    struct reading *reading = root->reading;
    struct summary *summary = &root->summary;
    struct pages pages;

    if (summary->is_known ||
        call_open(reading, SUMMARY, subject, (struct str){0}, "SummaryMap", &pages) != TOLD_ALL) {
        return;
    }
    const struct tree *map = tree_find(pages.results[0], "SummaryMap");
    *summary = (struct summary){
        .is_known = true,
        .password = summary_flag(map, STR("AccountPasswordPresent")),
        .mfa = summary_flag(map, STR("AccountMFAEnabled")),
        .keys = summary_flag(map, STR("AccountAccessKeysPresent")),
        .certificates = summary_flag(map, STR("AccountSigningCertificatesPresent")),
    };
}

static void tell(struct root *root, const char *what, const char *by)
{
    char text[128];
    int n = snprintf(text, sizeof text, "%s: %s", what, by);

    json_text(&root->told_by, (struct str){text, (size_t)n});
}

#define BY_SUMMARY "iam:GetAccountSummary"

/* ---- password ---- */

static enum flag password_flag(struct root *root)
{
    struct pages pages;
    enum told told = call_open(root->reading, STR("iam:GetLoginProfile"), ROOT_NAME,
                               (struct str){0}, "LoginProfile", &pages);

    if (told != TOLD_NOTHING) {
        tell(root, "Password.Enabled", "iam:GetLoginProfile as root");
        return told == TOLD_ALL ? FLAG_YES : FLAG_NO;
    }
    if (root->summary.password != FLAG_UNKNOWN) {
        tell(root, "Password.Enabled", BY_SUMMARY);
    }
    return root->summary.password;
}

/* PasswordLastUsed is not there where the password was never used, or where there is none. */
static void password_use_write(struct root *root, struct json_writer *json, enum flag password)
{
    struct pages pages;

    if (call_open(root->reading, STR("iam:GetUser"), ROOT_NAME, (struct str){0}, "User", &pages) !=
        TOLD_ALL) {
        return;
    }
    const struct tree *used = tree_find(pages.results[0], "User.PasswordLastUsed");
    if (used == NULL && password == FLAG_UNKNOWN) {
        return;
    }
    if (used != NULL) {
        member_instant(json, STR("LastUsedTime"), used->text);
    } else {
        json_member_text(json, STR("LastUsedTime"),
                         password == FLAG_YES ? STR("no_information") : STR("N/A"));
    }
    tell(root, "Password.LastUsedTime", "iam:GetUser as root");
}

static void password_write(struct root *root)
{
    struct json_writer *json = part_begin(root->reading);
    enum flag password = password_flag(root);

    json_key(json, STR("Password"));
    json_open(json, '{');
    if (password != FLAG_UNKNOWN) {
        json_key(json, STR("Enabled"));
        json_bool(json, password == FLAG_YES);
    }
    password_use_write(root, json, password);
    json_close(json, '}');
    if (!str_eq(buf_text(json->out), STR("\"Password\":{}"))) {
        part_end(root->reading, STR("IAMUser"), ROOT_NAME, STR("Password"));
    }
}

/* ---- MFA, keys, certificates ---- */

static void mfa_write(struct root *root, const struct devices *devices)
{
    struct reading *reading = root->reading;

    if (devices_write(reading, devices, ROOT_NAME)) {
        tell(root, "MFAActive", "iam:ListMFADevices as root");
        tell(root, "MFADevices", "iam:ListMFADevices as root");
        return;
    }
    if (devices->is_known) {
        tell(root, "MFADevices.Virtual", "iam:ListVirtualMFADevices");
    }
    if (root->summary.mfa != FLAG_UNKNOWN) {
        struct json_writer *json = part_begin(reading);
        json_key(json, STR("MFAActive"));
        json_bool(json, root->summary.mfa == FLAG_YES);
        part_end(reading, STR("IAMUser"), ROOT_NAME, STR("MFAActive"));
        tell(root, "MFAActive", BY_SUMMARY);
    }
}

/* The summary counts keys and certificates whether or not they are active: only their absence is a
 * whole answer. */
static void none_write(struct root *root, enum flag present, struct str key, const char *what)
{
    struct json_writer *json = part_begin(root->reading);

    if (present != FLAG_NO) {
        return;
    }
    json_key(json, key);
    json_open(json, '[');
    json_close(json, ']');
    part_end(root->reading, STR("IAMUser"), ROOT_NAME, key);
    tell(root, what, BY_SUMMARY);
}

static void certificates_write(struct root *root)
{
    struct json_writer *json = part_begin(root->reading);
    struct pages pages;

    if (call_open(root->reading, STR("iam:ListSigningCertificates"), ROOT_NAME, (struct str){0},
                  "Certificates", &pages) != TOLD_ALL) {
        none_write(root, root->summary.certificates, STR("SigningCertificate"),
                   "SigningCertificate");
        return;
    }
    json_key(json, STR("SigningCertificate"));
    json_open(json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *certificate = tree_first(pages.results[i], "Certificates");
             certificate != NULL; certificate = certificate->next) {
            json_open(json, '{');
            write_active(json, STR("Active"), certificate, "Status");
            write_instant(json, STR("LastRotatedTime"), certificate, "UploadDate");
            json_close(json, '}');
        }
    }
    json_close(json, ']');
    part_end(root->reading, STR("IAMUser"), ROOT_NAME, STR("SigningCertificate"));
    tell(root, "SigningCertificate", "iam:ListSigningCertificates as root");
}

void root_write(struct reading *reading, const struct devices *devices,
                const struct last_uses *uses)
{
    struct root root = {.reading = reading};
    struct json_writer *json = NULL;

    buf_init(&root.told, 4096);
    root.told_by.out = &root.told;
    json_key(&root.told_by, STR("ToldBy"));
    json_open(&root.told_by, '[');
    summary_read(&root, ROOT_NAME);
    summary_read(&root, (struct str){0});
    password_write(&root);
    mfa_write(&root, devices);
    if (keys_write(reading, uses, ROOT_NAME)) {
        tell(&root, "AccessKey", "iam:ListAccessKeys as root");
    } else {
        none_write(&root, root.summary.keys, STR("AccessKey"), "AccessKey");
    }
    certificates_write(&root);
    if (root.told_by.comma) {
        json_close(&root.told_by, ']');
        json = part_begin(reading);
        buf_str(json->out, buf_text(&root.told));
        part_end(reading, STR("IAMUser"), ROOT_NAME, STR("ToldBy"));
    }
    buf_release(&root.told);
}
