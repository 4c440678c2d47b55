#include "inventory/internal.h"

/* IAM's policies are JSON with two spellings for most of what they say: a string for a list of one,
 * an object for a list of one, "*" for everybody. Here there is one. What a statement does not
 * name it does not have, which is known, so its lists are there and empty. */

enum element {
    ELEMENT_SID,
    ELEMENT_EFFECT,
    ELEMENT_ACTION,
    ELEMENT_NOT_ACTION,
    ELEMENT_RESOURCE,
    ELEMENT_NOT_RESOURCE,
    ELEMENT_PRINCIPAL,
    ELEMENT_NOT_PRINCIPAL,
    ELEMENT_CONDITION,
    ELEMENT_COUNT,
};

static const struct str element_names[ELEMENT_COUNT] = {
    [ELEMENT_SID] = STR_LIT("Sid"),
    [ELEMENT_EFFECT] = STR_LIT("Effect"),
    [ELEMENT_ACTION] = STR_LIT("Action"),
    [ELEMENT_NOT_ACTION] = STR_LIT("NotAction"),
    [ELEMENT_RESOURCE] = STR_LIT("Resource"),
    [ELEMENT_NOT_RESOURCE] = STR_LIT("NotResource"),
    [ELEMENT_PRINCIPAL] = STR_LIT("Principal"),
    [ELEMENT_NOT_PRINCIPAL] = STR_LIT("NotPrincipal"),
    [ELEMENT_CONDITION] = STR_LIT("Condition"),
};

struct statement {
    struct str effect;
    const struct tree *elements[ELEMENT_COUNT]; /* NULL: it has none */
};

/* An element that is unknown, or twice there, may mean anything: then nothing is said of the
 * policy. */
static bool statement_read(const struct tree *node, struct statement *out)
{
    *out = (struct statement){0};
    for (const struct tree *at = node->first; at != NULL; at = at->next) {
        enum element element = ELEMENT_SID;
        while (element < ELEMENT_COUNT && !str_eq(element_names[element], at->name)) {
            element++;
        }
        if (element == ELEMENT_COUNT || out->elements[element] != NULL) {
            return false;
        }
        out->elements[element] = at;
    }
    out->effect = tree_text(node, "Effect");
    return str_eq(out->effect, STR("Allow")) || str_eq(out->effect, STR("Deny"));
}

static bool is_list(const struct tree *node)
{
    return node->first != NULL && str_eq(node->first->name, STR("member"));
}

static bool are_leaves(const struct tree *list)
{
    for (const struct tree *at = list->first; at != NULL; at = at->next) {
        if (at->first != NULL || !str_eq(at->name, STR("member"))) {
            return false;
        }
    }
    return true;
}

/* "s3:*" and ["s3:*"]; nothing for no element. False for a list that holds more than texts. */
static bool texts_write(struct json_writer *json, struct str key, const struct tree *element)
{
    json_key(json, key);
    json_open(json, '[');
    if (element != NULL && element->first == NULL && element->text.n > 0) {
        json_text(json, element->text);
    }
    for (const struct tree *at = element != NULL ? element->first : NULL; at != NULL;
         at = at->next) {
        json_text(json, at->text);
    }
    json_close(json, ']');
    return element == NULL || are_leaves(element);
}

/* {"AWS":...,"Service":...,"Federated":...}. "*" is everybody, as {"AWS":"*"} is. */
static bool principal_write(struct json_writer *json, const struct tree *principal)
{
    static const char *const kinds[] = {"AWS", "Service", "Federated"};
    bool ok = true;

    if (principal != NULL && principal->first == NULL && !str_eq(principal->text, STR("*"))) {
        return false;
    }
    json_key(json, STR("Principal"));
    json_open(json, '{');
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct tree *ids = principal == NULL ? NULL : tree_find(principal, kinds[i]);
        if (principal != NULL && principal->first == NULL && i == 0) {
            ids = principal;
        }
        ok = texts_write(json, str_from(kinds[i]), ids) && ok;
    }
    json_close(json, '}');
    return ok;
}

/* One test of a condition: {"aws:PrincipalArn":"..."} under its operator. */
static bool tests_write(struct json_writer *json, const struct tree *tests)
{
    bool ok = tests->text.n == 0 && !is_list(tests);

    for (const struct tree *key = tests->first; key != NULL; key = key->next) {
        json_open(json, '{');
        json_member_text(json, STR("Condition"), tests->name);
        json_member_text(json, STR("Name"), key->name);
        if (key->first == NULL && key->text.n == 0) { /* compared with nothing, or with "" */
            json_member_text(json, STR("Value"), key->text);
        } else {
            ok = texts_write(json, STR("Value"), key) && ok;
        }
        json_close(json, '}');
    }
    return ok;
}

/* {"StringLike":{"aws:PrincipalArn":"..."}} as [{"Condition","Name","Value"}]. A condition that
 * cannot be understood must not become a statement without one. */
static bool conditions_write(struct json_writer *json, const struct tree *conditions)
{
    bool ok = conditions == NULL || (conditions->text.n == 0 && !is_list(conditions));

    json_key(json, STR("Conditions"));
    json_open(json, '[');
    for (const struct tree *tests = conditions != NULL ? conditions->first : NULL; tests != NULL;
         tests = tests->next) {
        ok = tests_write(json, tests) && ok;
    }
    json_close(json, ']');
    return ok;
}

static bool statement_write(struct json_writer *json, const struct tree *node)
{
    struct statement statement;
    bool ok = true;

    if (!statement_read(node, &statement)) {
        return false;
    }
    json_open(json, '{');
    json_member_text(json, STR("Effect"), statement.effect);
    for (enum element element = ELEMENT_ACTION; element <= ELEMENT_NOT_RESOURCE; element++) {
        ok = texts_write(json, element_names[element], statement.elements[element]) && ok;
    }
    /* Everybody but those named: the language has no word for it, so nobody says who it is. */
    if (statement.elements[ELEMENT_NOT_PRINCIPAL] == NULL) {
        ok = principal_write(json, statement.elements[ELEMENT_PRINCIPAL]) && ok;
    }
    ok = conditions_write(json, statement.elements[ELEMENT_CONDITION]) && ok;
    json_close(json, '}');
    return ok;
}

/* ---- who else gets in ---- */

/* An id without an account ("AIDA...": a principal that is gone) lets nobody in. */
static bool is_outsider(struct str principal, struct str owner)
{
    struct str account = principal, resource;

    if (str_eq(principal, STR("*"))) {
        return true;
    }
    if (str_starts(principal, STR("arn:"))) {
        return arn_read(principal, &account, &resource) && account.n > 0 && !str_eq(account, owner);
    }
    uint64_t number = 0;
    return account.n == 12 && str_to_u64(account, &number) && !str_eq(account, owner);
}

static bool lets_outsiders_in(const struct tree *node, struct str owner)
{
    const struct tree *principal = tree_find(node, "Principal");
    const struct tree *ids = tree_find(principal, "AWS");

    if (principal == NULL || !str_eq(tree_text(node, "Effect"), STR("Allow"))) {
        return false;
    }
    if (ids == NULL || ids->first == NULL) {
        return is_outsider(ids == NULL ? principal->text : ids->text, owner);
    }
    for (const struct tree *id = ids->first; id != NULL; id = id->next) {
        if (is_outsider(id->text, owner)) {
            return true;
        }
    }
    return false;
}

/* ---- documents ---- */

/* %7B as {. What follows a % must be two digits. */
static bool percent_decode(struct arena *scratch, struct str text, struct str *out)
{
    char *to = arena_alloc(scratch, text.n);
    size_t n = 0;

    if (to == NULL) {
        return false;
    }
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != '%') {
            to[n++] = text.p[i];
            continue;
        }
        int high = i + 2 < text.n ? str_hex_digit(text.p[i + 1]) : -1;
        int low = i + 2 < text.n ? str_hex_digit(text.p[i + 2]) : -1;
        if (high < 0 || low < 0) {
            return false;
        }
        to[n++] = (char)(high * 16 + low);
        i += 2;
    }
    *out = (struct str){to, n};
    return true;
}

static bool statements_write(struct json_writer *json, const struct tree *statements)
{
    bool ok = statements->text.n == 0;

    json_key(json, STR("Statements"));
    json_open(json, '[');
    if (!is_list(statements) && statements->first != NULL) {
        ok = statement_write(json, statements);
    } else {
        for (const struct tree *at = statements->first; at != NULL && ok; at = at->next) {
            ok = statement_write(json, at);
        }
    }
    json_close(json, ']');
    return ok;
}

static void outsiders_write(struct json_writer *json, const struct tree *statements,
                            struct str owner)
{
    bool found = false;

    if (!is_list(statements)) {
        found = lets_outsiders_in(statements, owner);
    } else {
        for (const struct tree *at = statements->first; at != NULL && !found; at = at->next) {
            found = lets_outsiders_in(at, owner);
        }
    }
    json_key(json, STR("CrossAccountArn"));
    json_bool(json, found);
}

static bool document_write(struct arena *scratch, struct json_writer *json, struct str text,
                           bool is_encoded, struct str owner)
{
    const struct tree *root = NULL, *statements = NULL;
    struct err err = {0};
    bool ok = false;

    arena_reset(scratch);
    if ((is_encoded && !percent_decode(scratch, text, &text)) ||
        !str_starts(str_trim(text), STR("{")) || !tree_read_json(scratch, text, &root, &err)) {
        return false;
    }
    statements = tree_find(root, "Statement");
    if (statements == NULL) {
        return false;
    }
    json_open(json, '{');
    write_text(json, STR("Version"), root, "Version");
    ok = statements_write(json, statements);
    if (owner.n > 0) {
        outsiders_write(json, statements, owner);
    }
    json_close(json, '}');
    return ok;
}

void document_member(struct arena *scratch, struct json_writer *json, struct str key,
                     struct str text, bool is_encoded, struct str owner)
{
    struct json_writer before = *json;
    size_t start = json->out->n;

    json_key(json, key);
    if (!document_write(scratch, json, text, is_encoded, owner)) {
        *json = before;
        json->out->n = start;
    }
}
