#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <string.h>

#include <sqlite3.h>

#include "base/arena.h"
#include "base/buf.h"
#include "os/file.h"
#include "store/internal.h"
#include "store/schema.h"
#include "store/statement.h"

enum {
    BUSY_TIMEOUT_MS = 10 * 1000,
    URI_SIZE_MAX = 32 << 10,
    HEADER_SIZE = 16, /* of a database: "SQLite format 3" and a zero */
};

/* ---- errors --------------------------------------------------------------------------------- */

static bool fail_write(const struct store *store, int code, int system_error, struct err *err)
{
    if ((code & 0xff) == SQLITE_FULL || system_error == ENOSPC || system_error == EDQUOT) {
        (void)err_set(err, ERR_INPUT, "there is no room left on the disk");
        err_hint(err, "make room and run it again; the store holds what was there before");
    } else if (code == SQLITE_IOERR_WRITE) {
        /* SQLite does not say reliably why; a full disk has a code of its own. */
        (void)err_set(err, ERR_INPUT,
                      "the store cannot be written to: it may not grow any larger, "
                      "or the disk fails");
        err_hint(err, "check the limit on the size of files (ulimit -f) and the disk; the store "
                      "holds what was there before");
    } else if ((code & 0xff) == SQLITE_IOERR) {
        (void)err_set_errno(err, ERR_INPUT, system_error == 0 ? EIO : system_error,
                            "cannot read or write the store");
        err_hint(err, "run 'keywarden store verify' once the disk is well again");
    } else {
        (void)err_set(err, ERR_INPUT, "the store, or the folder it is in, may not be written to");
        err_hint(err, "SQLite needs to write both; check permissions and whether the disk is "
                      "read-only");
    }
    err_place(err, store->path, 0, 0);
    return false;
}

/* What a file is that cannot be a store: something else, unless somebody says that it was one. */
static enum err_kind unfit(const struct store *store)
{
    return store->mode == STORE_VERIFY ? ERR_STORE : ERR_INPUT;
}

bool store_fail_code(const struct store *store, int code, int system_error, const char *text,
                     struct err *err)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        (void)err_set(err, ERR_INPUT, "another process is writing to the store");
        err_hint(err, "try again when it is done; one process writes at a time");
        break;
    case SQLITE_CORRUPT:
        (void)err_set(err, ERR_STORE, "the store is damaged: %s", text);
        err_hint(err, "'keywarden store verify' says what is; restore a backup");
        break;
    case SQLITE_NOTADB:
        (void)err_set(err, unfit(store), "this is no keywarden store");
        err_hint(err, "name a store, or a file that does not exist yet to begin one");
        break;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return fail_write(store, code, system_error, err);
    case SQLITE_TOOBIG:
    case SQLITE_NOMEM:
        (void)err_set(err, ERR_INPUT, "something is too large: %s", text);
        break;
    case SQLITE_CONSTRAINT:
        /* What we write keeps to the schema, unless the file holds what cannot be. */
        (void)err_set(err, ERR_STORE, "the store contradicts itself: %s", text);
        err_hint(err, "'keywarden store verify' says where");
        break;
    default:
        (void)err_set(err, ERR_STORE, "SQLite: %s", text);
        err_hint(err, "'keywarden store verify' says whether the store is damaged");
        break;
    }
    err_place(err, store->path, 0, 0);
    return false;
}

bool store_fail(struct store *store, struct err *err)
{
    int code = sqlite3_extended_errcode(store->db);

    return store_fail_code(store, code, sqlite3_system_errno(store->db), sqlite3_errmsg(store->db),
                           err);
}

/* ---- small statements ----------------------------------------------------------------------- */

bool store_execute(struct store *store, const char *sql, struct err *err)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || store_fail(store, err);
}

bool store_number(struct store *store, const char *sql, int64_t *out, struct err *err)
{
    struct statement query = {0};
    struct err failure = {0};
    bool ok = false;

    if (statement_prepare(&query, store, STR(""), sql, &failure) &&
        statement_next(&query, &failure)) {
        *out = column_int(&query, 0);
        ok = true;
    }
    statement_release(&query);
    if (!ok) {
        *err = failure;
    }
    return ok;
}

bool store_begin(struct store *store, struct err *err)
{
    assert(store->mode == STORE_WRITE && !store->is_writing);
    store->is_writing = store_execute(store, "BEGIN IMMEDIATE", err);
    return store->is_writing;
}

bool store_commit(struct store *store, struct err *err)
{
    assert(store->is_writing);
    if (!store_execute(store, "COMMIT", err)) {
        store_rollback(store);
        return false;
    }
    store->is_writing = false;
    return true;
}

void store_rollback(struct store *store)
{
    if (store != NULL && store->is_writing) {
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
        store->is_writing = false;
    }
}

struct str store_path(const struct store *store)
{
    return store->path;
}

int store_version(const struct store *store)
{
    return store->version;
}

/* ---- opening -------------------------------------------------------------------------------- */

/* Counting every allocation takes a lock that all connections would wait for. */
static void configure(void)
{
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* "file:" and the path with everything escaped that has a meaning there. */
static void write_uri(struct buf *out, struct str path)
{
    static const char digits[] = "0123456789ABCDEF";

    buf_str(out, STR("file:"));
    for (size_t i = 0; i < path.n; i++) {
        unsigned char c = (unsigned char)path.p[i];
        if (c == '%' || c == '?' || c == '#' || c <= ' ' || c >= 0x7f) {
            buf_char(out, '%');
            buf_char(out, digits[c >> 4]);
            buf_char(out, digits[c & 15]);
        } else {
            buf_char(out, (char)c);
        }
    }
    buf_str(out, STR("?immutable=1"));
    buf_char(out, '\0');
}

static bool connect(struct store *store, bool is_immutable, struct err *err)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    struct buf uri;
    int code;

    buf_init(&uri, URI_SIZE_MAX);
    if (is_immutable) {
        write_uri(&uri, store->path);
        flags |= SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    } else {
        /* For readers too: who opened read-only cannot tidy up behind itself at the end. SQLite
         * opens for reading only what may not be written. */
        flags |= SQLITE_OPEN_READWRITE;
    }
    code = uri.overflowed
               ? SQLITE_CANTOPEN
               : sqlite3_open_v2(is_immutable ? uri.p : store->path_text, &store->db, flags, NULL);
    buf_release(&uri);
    if (code != SQLITE_OK) {
        int system_error = store->db == NULL ? 0 : sqlite3_system_errno(store->db);
        return store_fail_code(store, code, system_error, sqlite3_errstr(code), err);
    }
    (void)sqlite3_busy_timeout(store->db, BUSY_TIMEOUT_MS);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return store_execute(store,
                         "PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL;"
                         "PRAGMA temp_store = MEMORY;",
                         err) &&
           store_execute(store,
                         store->mode == STORE_WRITE ? "PRAGMA cache_size = -16384;"
                                                    : "PRAGMA query_only = ON; "
                                                      "PRAGMA cache_size = -4096;",
                         err);
}

static void disconnect(struct store *store)
{
    (void)sqlite3_close(store->db);
    store->db = NULL;
}

/* Whether SQLite would find a write-ahead log that it must read. */
static bool has_log(const struct store *store)
{
    struct file_info info = {0};
    struct buf name;
    bool is_there = false;

    buf_init(&name, URI_SIZE_MAX);
    buf_str(&name, store->path);
    buf_str(&name, STR("-wal"));
    is_there = file_look(buf_text(&name), &info) && info.size > 0;
    buf_release(&name);
    return is_there;
}

/* Connects and looks into the file for the first time. Where nothing may be written, as on a
 * read-only disk, SQLite cannot keep its notes beside the file; it needs none when nobody can
 * change it. */
static bool look(struct store *store, int64_t *application, int64_t *version, int64_t *objects,
                 struct err *err)
{
    struct err first = {0};

    if (!connect(store, false, &first) ||
        !store_number(store, "PRAGMA application_id", application, &first)) {
        if (store->mode == STORE_WRITE || first.kind != ERR_INPUT || has_log(store)) {
            *err = first;
            return false;
        }
        disconnect(store);
        if (!connect(store, true, err) ||
            !store_number(store, "PRAGMA application_id", application, err)) {
            return false;
        }
    }
    return store_number(store, "PRAGMA user_version", version, err) &&
           store_number(store, "SELECT count(*) FROM sqlite_schema", objects, err);
}

static bool identify(struct store *store, struct err *err)
{
    int64_t application = 0, version = 0, objects = 0;

    if (!look(store, &application, &version, &objects, err)) {
        return false;
    }
    store->version = (int)version;
    if (application == 0 && version == 0 && objects == 0) {
        if (store->mode == STORE_WRITE) {
            return true;
        }
        (void)err_set(err, unfit(store), "nothing was ever imported into this store");
        err_hint(err, "begin with 'keywarden store import'");
    } else if (application != STORE_APPLICATION_ID) {
        (void)err_set(err, unfit(store), "this is an SQLite database, but no keywarden store");
        err_hint(err, "its application id is %" PRId64 ", a store's is %d", application,
                 STORE_APPLICATION_ID);
    } else if (version > SCHEMA_VERSION) {
        (void)err_set(err, ERR_INPUT,
                      "a newer keywarden made this store: version %" PRId64
                      " of its tables, and this one knows %d",
                      version, SCHEMA_VERSION);
        err_hint(err, "use a newer keywarden");
    } else if (version < 1) {
        (void)err_set(err, ERR_STORE, "the store is damaged: it has no version");
    } else if (version < SCHEMA_VERSION && store->mode == STORE_READ) {
        (void)err_set(err, ERR_INPUT,
                      "an older keywarden made this store: version %" PRId64
                      " of its tables, and this one needs %d",
                      version, SCHEMA_VERSION);
        err_hint(err, "'keywarden store compact' brings it up to date");
    } else {
        return true;
    }
    err_place(err, store->path, 0, 0);
    return false;
}

/* A new store is made empty first, readable for its owner alone. */
static bool find_file(struct store *store, struct err *err)
{
    struct file_info info = {0};
    bool is_there = file_look(store->path, &info);
    bool ok = true;

    if (store->mode == STORE_WRITE && !file_exists(store->path)) {
        ok = file_create_private(store->path, STR(""), err);
    } else if (!is_there) {
        ok = err_set(err, ERR_INPUT, "cannot find the store");
        err_hint(err, "name it with --store FILE; 'keywarden store import' begins one");
    } else if (!info.is_regular) {
        ok = err_set(err, ERR_INPUT, "a store must be a regular file");
    } else if (info.size == 0 && store->mode != STORE_WRITE) {
        ok = err_set(err, unfit(store), "the file is empty, so it is no store");
        err_hint(err, "'keywarden store import' begins one");
    }
    if (!ok) {
        err_place(err, store->path, 0, 0);
    }
    return ok;
}

bool store_open(struct store **out, struct str path, enum store_mode mode, struct err *err)
{
    static pthread_once_t configured = PTHREAD_ONCE_INIT;
    struct store *store = mem_alloc(sizeof *store);

    (void)pthread_once(&configured, configure);
    store->mode = mode;
    store->path_text = mem_alloc(path.n + 1);
    memcpy(store->path_text, path.p, path.n);
    store->path = (struct str){store->path_text, path.n};
    if (!find_file(store, err) || !identify(store, err) ||
        (mode == STORE_WRITE && !store_migrate(store, err))) {
        store_close(store);
        return false;
    }
    *out = store;
    return true;
}

void store_close(struct store *store)
{
    if (store != NULL) {
        store_rollback(store);
        disconnect(store);
        mem_free(store->path_text);
        mem_free(store);
    }
}
