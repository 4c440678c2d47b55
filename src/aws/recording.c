#include "aws/recording.h"

#include <stdio.h>
#include <string.h>

#include "aws/blank.h"
#include "aws/sigv4.h"
#include "crypto/sha256.h"

static const struct str title = STR_LIT("keywarden exchange 1");

/* By enum http_fault; those that never reach a recording have no name. */
static const struct str faults[] = {
    [HTTP_UNREACHABLE] = STR_LIT("unreachable"), [HTTP_BROKEN] = STR_LIT("broken"),
    [HTTP_TIMED_OUT] = STR_LIT("timed out"),     [HTTP_TOO_LARGE] = STR_LIT("too large"),
    [HTTP_UNTRUSTED] = STR_LIT("untrusted"),
};

/* Secrets, and names of sessions, which hold the time. */
static const char *const left_out[] = {"ExternalId",     "RoleSessionName", "SAMLAssertion",
                                       "SerialNumber",   "TokenCode",       "WebIdentityToken",
                                       "DurationSeconds"};

static bool is_left_out(const char *name)
{
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (strcmp(left_out[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* A text of one line. */
static void line_write(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.n; i++) {
        buf_char(out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
    }
}

void recording_asked_write(struct buf *out, const struct aws_call *call)
{
    struct buf body;
    size_t written = 0;

    buf_init(&body, out->size_max);
    buf_str(out, str_from(call->path));
    for (size_t i = 0; i < call->parameter_count; i++) {
        if (!is_left_out(call->parameters[i].name)) {
            buf_str(out, written > 0 ? STR("&") : call->path != NULL ? STR("?") : STR(""));
            sigv4_encode(out, str_from(call->parameters[i].name), '\0');
            buf_char(out, '=');
            sigv4_encode(out, call->parameters[i].value, '\0');
            written++;
        }
    }
    blank_named(call->body, call->is_secret, &body);
    buf_str(out, body.n > 0 && (written > 0 || call->path != NULL) ? STR(" ") : STR(""));
    line_write(out, buf_text(&body));
    buf_release(&body);
}

void recording_key_write(struct buf *out, const struct recording *recording)
{
    const struct str parts[] = {recording->account, recording->service, recording->operation,
                                recording->region, recording->asked};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        buf_str(out, parts[i]);
        buf_char(out, '\n');
    }
}

static void field_write(struct buf *out, const char *name, struct str value)
{
    buf_str(out, str_from(name));
    buf_str(out, STR(": "));
    line_write(out, value);
    buf_char(out, '\n');
}

void recording_write(struct buf *out, const struct recording *recording)
{
    char digest[SHA256_HEX_SIZE + 1];

    buf_str(out, title);
    buf_char(out, '\n');
    field_write(out, "account", recording->account);
    field_write(out, "service", recording->service);
    field_write(out, "operation", recording->operation);
    field_write(out, "region", recording->region);
    buf_printf(out, "number: %u\n", recording->number);
    field_write(out, "asked", recording->asked);
    if (recording->fault != HTTP_ANSWERED) {
        field_write(out, "fault", faults[recording->fault]);
        field_write(out, "message", recording->message);
        buf_char(out, '\n');
        return;
    }
    buf_printf(out, "status: %u\n", recording->status);
    for (size_t i = 0; i < recording->header_count; i++) {
        buf_str(out, STR("header: "));
        line_write(out, recording->headers[i].name);
        buf_str(out, STR(": "));
        line_write(out, recording->headers[i].value);
        buf_char(out, '\n');
    }
    sha256_text_hex(recording->body, digest);
    buf_printf(out, "body: %zu bytes, sha256 %s\n\n", recording->body.n, digest);
    buf_str(out, recording->body);
}

/* ---- Reading -------------------------------------------------------------------------------- */

static bool number_read(struct str text, uint64_t most, uint64_t *out)
{
    return str_to_u64(text, out) && *out <= most;
}

static bool fault_read(struct str text, enum http_fault *out)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (faults[i].n > 0 && str_eq(faults[i], text)) {
            *out = (enum http_fault)i;
            return true;
        }
    }
    return false;
}

static bool header_read(struct str text, struct recording *recording)
{
    struct http_header *header = &recording->headers[recording->header_count];

    if (recording->header_count == RECORDING_HEADER_MAX || !str_cut(&text, ':', &header->name)) {
        return false;
    }
    header->value = str_trim(text);
    recording->header_count++;
    return true;
}

/* One line before the body; `body` is what it says of that. */
static bool field_read(struct str name, struct str value, struct recording *recording,
                       struct str *body)
{
    const struct {
        struct str name;
        struct str *value;
    } texts[] = {
        {STR_LIT("account"), &recording->account},
        {STR_LIT("service"), &recording->service},
        {STR_LIT("operation"), &recording->operation},
        {STR_LIT("region"), &recording->region},
        {STR_LIT("asked"), &recording->asked},
        {STR_LIT("message"), &recording->message},
        {STR_LIT("body"), body},
    };
    uint64_t number = 0;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (str_eq(name, texts[i].name)) {
            *texts[i].value = value;
            return true;
        }
    }
    if (str_eq(name, STR("number")) && number_read(value, UINT32_MAX, &number)) {
        recording->number = (uint32_t)number;
        return true;
    }
    if (str_eq(name, STR("status")) && number_read(value, 999, &number)) {
        recording->status = (unsigned)number;
        return true;
    }
    return (str_eq(name, STR("fault")) && fault_read(value, &recording->fault)) ||
           (str_eq(name, STR("header")) && header_read(value, recording));
}

static bool body_check(struct str said, struct str body, struct err *err)
{
    char digest[SHA256_HEX_SIZE + 1], expected[SHA256_HEX_SIZE + 64];
    struct str size = str_sub(said, 0, str_find(said, ','));

    sha256_text_hex(body, digest);
    (void)snprintf(expected, sizeof expected, "%zu bytes, sha256 %s", body.n, digest);
    if (said.n == 0 || str_eq(said, str_from(expected))) {
        return true;
    }
    if (str_starts(str_from(expected), size)) {
        (void)err_set(err, ERR_INPUT, "the body is not the one that was recorded");
    } else {
        (void)err_set(err, ERR_INPUT, "a body of %zu bytes was recorded with %.*s", body.n,
                      STR_ARG(size));
    }
    err_hint(err, "if it was edited on purpose, take the line 'body' out");
    return false;
}

static bool is_plain(struct str line)
{
    for (size_t i = 0; i < line.n; i++) {
        if ((unsigned char)line.p[i] < ' ' && line.p[i] != '\t' && line.p[i] != '\r') {
            return false;
        }
    }
    return true;
}

bool recording_read(struct str text, struct recording *recording, struct err *err)
{
    struct str rest = text, line, name, said = {0};
    uint32_t at = 1;

    *recording = (struct recording){.fault = HTTP_ANSWERED};
    if (!str_cut(&rest, '\n', &line) || !str_eq(line, title)) {
        (void)err_set(err, ERR_INPUT, "this is no recorded exchange");
        err->line = at;
        return false;
    }
    for (;;) {
        at++;
        if (!str_cut(&rest, '\n', &line)) {
            (void)err_set(err, ERR_INPUT, "the recorded exchange is cut short");
            err->line = at;
            return false;
        }
        if (line.n == 0) {
            break;
        }
        name = str_sub(line, 0, str_find(line, ':'));
        if (!is_plain(line) ||
            !field_read(name, str_trim(str_sub(line, name.n + 1, line.n)), recording, &said)) {
            (void)err_set(err, ERR_INPUT, "a recorded exchange has no line '%.*s'",
                          (int)(name.n < 40 ? name.n : 40), name.p);
            err->line = at;
            return false;
        }
    }
    recording->body = rest;
    if (recording->service.n == 0 || recording->operation.n == 0 || recording->number == 0 ||
        (recording->fault == HTTP_ANSWERED && recording->status == 0)) {
        return err_set(err, ERR_INPUT,
                       "a recorded exchange has service, operation, number, and status or fault");
    }
    return body_check(said, rest, err);
}
