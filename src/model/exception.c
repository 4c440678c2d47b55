#include "model/exception.h"

bool exception_use_is_odd(const struct exception_use *use)
{
    return use->is_expired || !use->is_used;
}

void exception_use_write(struct buf *out, const struct exception_use *use)
{
    const struct exception *exception = use->exception;

    if (exception->id.n > 0) {
        buf_printf(out, "exception '%.*s'", STR_ARG(exception->id));
    } else {
        buf_str(out, STR("an exception"));
    }
    buf_printf(out, " of %.*s ", STR_ARG(exception->owner));
    if (!use->is_expired) {
        buf_str(out, STR("covers nothing: no failure or unknown of this audit is in its scope"));
        return;
    }
    buf_printf(out, "expired on %.*s: ", STR_ARG(exception->expires_day));
    if (use->expired == 0) {
        buf_str(out, STR("it would cover nothing here"));
    } else {
        buf_u64(out, use->expired);
        buf_str(out, use->expired == 1 ? STR(" finding is no longer covered")
                                       : STR(" findings are no longer covered"));
    }
}
