/* profile.h: the two files of ~/.aws together: profiles, sso-sessions, services.
 *
 * A profile is `[default]` or `[profile NAME]` of the config file with the keys of `[NAME]` of the
 * credentials file laid over it: those win. The two are also kept apart, because the order in which
 * credentials are looked for tells them apart.
 *
 * Ownership: all of it lives in the struct's arena, secrets included; profiles_release wipes. Load,
 *            take what is needed, release: nothing of it stays in memory longer than that.
 * Threads:   does not change once loaded.
 *
 * Example:   struct profiles profiles;
 *            if (!profiles_load(&profiles, &err)) { return false; }
 *            const struct tree *profile = profiles_find(&profiles, STR("audit"));
 *            struct str region = tree_text(profile, "region");
 *            profiles_release(&profiles); */
#ifndef AWS_PROFILE_H
#define AWS_PROFILE_H

#include "base/arena.h"
#include "base/compiler.h"
#include "base/err.h"
#include "base/str.h"
#include "codec/tree.h"

enum { PROFILE_NAME_MAX = 256 };

struct profiles {
    /* Private: use the functions below. */
    struct arena arena;
    const struct tree *merged, *config, *credentials, *sso_sessions, *services;
};

/* Reads AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, or `config` and `credentials` in ~/.aws; a
 * file that does not exist is as good as empty. Errors (ERR_INPUT) name the file and line. */
MUST_USE bool profiles_load(struct profiles *profiles, struct err *err);
/* The same of texts. */
MUST_USE bool profiles_parse(struct profiles *profiles, struct str config, struct str credentials,
                             struct err *err);
void profiles_release(struct profiles *profiles); /* a zeroed struct is fine */

/* NULL when there is no such profile (sso-session, services). */
const struct tree *profiles_find(const struct profiles *profiles, struct str name);
const struct tree *profiles_find_config(const struct profiles *profiles, struct str name);
const struct tree *profiles_find_credentials(const struct profiles *profiles, struct str name);
const struct tree *profiles_find_sso_session(const struct profiles *profiles, struct str name);
const struct tree *profiles_find_services(const struct profiles *profiles, struct str name);

/* The profile that the environment names, AWS_DEFAULT_PROFILE or AWS_PROFILE; empty: none. */
struct str profile_name_of_environment(void);

/* `path` with ~/ as the home folder, in the arena. */
MUST_USE bool home_path(struct arena *arena, struct str path, struct str *out, struct err *err);

#endif
