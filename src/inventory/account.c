#include <assert.h>
#include <string.h>

#include "inventory/internal.h"

/* What the account has once. */

static const struct str nobody = {0};

/* ---- the password policy ---- */

static void password_policy_read(struct reading *reading)
{
    static const char *const flags[] = {
        "RequireSymbols",
        "RequireNumbers",
        "RequireUppercaseCharacters",
        "RequireLowercaseCharacters",
        "AllowUsersToChangePassword",
        "ExpirePasswords",
        "HardExpiry",
    };
    struct pages pages;
    enum told told = call_open(reading, STR("iam:GetAccountPasswordPolicy"), nobody, nobody,
                               "PasswordPolicy", &pages);
    struct json_writer *json = part_begin(reading);

    if (told == TOLD_NOTHING) {
        return;
    }
    json_key(json, STR("Configured"));
    json_bool(json, told == TOLD_ALL);
    if (told == TOLD_ALL) {
        const struct tree *policy = tree_find(pages.results[0], "PasswordPolicy");
        for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
            write_bool(json, str_from(flags[i]), policy, flags[i]);
        }
        write_number(json, STR("MinimumPasswordLength"), policy, "MinimumPasswordLength");
        write_number(json, STR("MaxPasswordAge"), policy, "MaxPasswordAge");
        /* A policy that remembers none does not say so. */
        if (tree_find(policy, "PasswordReusePrevention") == NULL) {
            json_member_u64(json, STR("PasswordReusePrevention"), 0);
        } else {
            write_number(json, STR("PasswordReusePrevention"), policy, "PasswordReusePrevention");
        }
    }
    part_end(reading, STR("IAMPasswordPolicy"), nobody, STR(""));
}

/* ---- contacts ---- */

/* What a contact was asked for and does not have is none, not unknown. */
static void contact_text(struct json_writer *json, struct str key, const struct tree *contact)
{
    char path[32];
    struct str text;

    assert(key.n < sizeof path);
    memcpy(path, key.p, key.n);
    path[key.n] = '\0';
    text = tree_text(contact, path);
    json_member_text(json, key, text.n > 0 ? text : STR("N/A"));
}

static void contact_write(struct reading *reading, struct str action, const char *must,
                          struct str member, const struct str *keys, size_t count)
{
    struct pages pages;
    enum told told = call_open(reading, action, nobody, nobody, must, &pages);
    struct json_writer *json = part_begin(reading);

    if (told == TOLD_NOTHING) {
        return;
    }
    json_key(json, member);
    json_open(json, '{');
    for (size_t i = 0; i < count; i++) {
        contact_text(json, keys[i], told == TOLD_ALL ? tree_find(pages.results[0], must) : NULL);
    }
    json_close(json, '}');
    part_end(reading, STR("AWS"), nobody, member);
}

/* ---- lists of the account ---- */

/* The texts at `path` of all elements. */
static void texts_read(struct reading *reading, struct str action, const char *list,
                       const char *path, struct str member)
{
    struct pages pages;
    enum told told = call_open(reading, action, nobody, nobody, list, &pages);
    struct json_writer *json = part_begin(reading);

    if (told != TOLD_ALL) {
        return;
    }
    json_key(json, member);
    json_open(json, '[');
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *item = tree_first(pages.results[i], list); item != NULL;
             item = item->next) {
            json_text(json, tree_text(item, path));
        }
    }
    json_close(json, ']');
    part_end(reading, STR("AWS"), nobody, member);
}

static void server_certificates_read(struct reading *reading)
{
    struct pages pages;
    struct json_writer *json = NULL;

    if (call_open(reading, STR("iam:ListServerCertificates"), nobody, nobody,
                  "ServerCertificateMetadataList", &pages) != TOLD_ALL) {
        return;
    }
    for (size_t i = 0; i < pages.count; i++) {
        for (const struct tree *certificate =
                 tree_first(pages.results[i], "ServerCertificateMetadataList");
             certificate != NULL; certificate = certificate->next) {
            json = part_begin(reading);
            write_text(json, STR("id"), certificate, "Arn");
            write_text(json, STR("Name"), certificate, "ServerCertificateName");
            write_instant(json, STR("UploadDate"), certificate, "UploadDate");
            write_instant(json, STR("Expiration"), certificate, "Expiration");
            part_end(reading, STR("ServerCertificate"), tree_text(certificate, "Arn"), STR(""));
        }
    }
    list_is_whole(reading, STR("ServerCertificates"));
}

void account_read(struct reading *reading)
{
    static const struct str contact_keys[] = {STR_LIT("FullName"), STR_LIT("PhoneNumber"),
                                              STR_LIT("AddressLine1")};
    static const struct str alternate_keys[] = {STR_LIT("Name"), STR_LIT("EmailAddress"),
                                                STR_LIT("PhoneNumber")};
    struct json_writer *json = part_begin(reading);

    json_member_text(json, STR("AccountId"), reading->account);
    part_end(reading, STR("AWS"), nobody, STR("AccountId"));
    password_policy_read(reading);
    contact_write(reading, STR("account:GetContactInformation"), "ContactInformation",
                  STR("ContactInformation"), contact_keys,
                  sizeof contact_keys / sizeof contact_keys[0]);
    contact_write(reading, STR("account:GetAlternateContact"), "AlternateContact",
                  STR("SecurityContact"), alternate_keys,
                  sizeof alternate_keys / sizeof alternate_keys[0]);
    texts_read(reading, STR("iam:ListSAMLProviders"), "SAMLProviderList", "Arn",
               STR("SAMLProviders"));
    server_certificates_read(reading);
}
