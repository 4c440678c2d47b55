#include "net/curl_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

#include "os/system.h"

static struct curl_library library;
static bool is_loaded;

const struct curl_library *const curl = &library;

static const struct {
    const char *name;
    size_t offset;
} functions[] = {
    {"curl_easy_cleanup", offsetof(struct curl_library, easy_cleanup)},
    {"curl_easy_getinfo", offsetof(struct curl_library, easy_getinfo)},
    {"curl_easy_init", offsetof(struct curl_library, easy_init)},
    {"curl_easy_reset", offsetof(struct curl_library, easy_reset)},
    {"curl_easy_setopt", offsetof(struct curl_library, easy_setopt)},
    {"curl_easy_strerror", offsetof(struct curl_library, easy_strerror)},
    {"curl_global_init", offsetof(struct curl_library, global_init)},
    {"curl_multi_add_handle", offsetof(struct curl_library, multi_add_handle)},
    {"curl_multi_cleanup", offsetof(struct curl_library, multi_cleanup)},
    {"curl_multi_info_read", offsetof(struct curl_library, multi_info_read)},
    {"curl_multi_init", offsetof(struct curl_library, multi_init)},
    {"curl_multi_perform", offsetof(struct curl_library, multi_perform)},
    {"curl_multi_poll", offsetof(struct curl_library, multi_poll)},
    {"curl_multi_remove_handle", offsetof(struct curl_library, multi_remove_handle)},
    {"curl_multi_setopt", offsetof(struct curl_library, multi_setopt)},
    {"curl_multi_wakeup", offsetof(struct curl_library, multi_wakeup)},
    {"curl_slist_append", offsetof(struct curl_library, slist_append)},
    {"curl_slist_free_all", offsetof(struct curl_library, slist_free_all)},
};

static void load(void)
{
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);

    for (size_t i = 0; handle != NULL && i < sizeof functions / sizeof functions[0]; i++) {
        void *symbol = dlsym(handle, functions[i].name);
        if (symbol == NULL) {
            return;
        }
        memcpy((char *)&library + functions[i].offset, &symbol, sizeof symbol);
    }
    /* With it libcurl writes the keys of connections, and so all that is said, into a file. */
    system_env_forget("SSLKEYLOGFILE");
    is_loaded = handle != NULL && library.global_init(CURL_GLOBAL_ALL) == CURLE_OK;
}

bool curl_library_load(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, load);
    if (!is_loaded) {
        (void)err_set(err, ERR_REMOTE, "there is no libcurl here to call AWS with");
        err_hint(err, "apt-get install libcurl4 brings it");
    }
    return is_loaded;
}
