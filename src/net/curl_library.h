/* curl_library.h: libcurl, found when the first call needs it.
 *
 * It brings two dozen other libraries, and loading them takes longer than most commands run: who
 * calls nobody does not wait for it.
 *
 * Ownership: once loaded it stays.
 * Threads:   any.
 *
 * Example:   if (!curl_library_load(&err)) { return false; }
 *            CURL *easy = curl->easy_init(); */
#ifndef NET_CURL_LIBRARY_H
#define NET_CURL_LIBRARY_H

#include <curl/curl.h>

#include <stdbool.h>

#include "base/compiler.h"
#include "base/err.h"

/* Its functions, under their own names without the "curl_". */
struct curl_library {
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_reset) *easy_reset;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_multi_add_handle) *multi_add_handle;
    __typeof__(curl_multi_cleanup) *multi_cleanup;
    __typeof__(curl_multi_info_read) *multi_info_read;
    __typeof__(curl_multi_init) *multi_init;
    __typeof__(curl_multi_perform) *multi_perform;
    __typeof__(curl_multi_poll) *multi_poll;
    __typeof__(curl_multi_remove_handle) *multi_remove_handle;
    __typeof__(curl_multi_setopt) *multi_setopt;
    __typeof__(curl_multi_wakeup) *multi_wakeup;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
};

/* To be used once it is loaded. */
extern const struct curl_library *const curl;

/* Loads and initialises it, the first time. Fails when it is not installed (ERR_REMOTE). */
MUST_USE bool curl_library_load(struct err *err);

#endif
