"""The ground truth of a plan: the credential reports that AWS would hand out, row by row, and facts.

    rows = report_rows(plan, account)          # lists of cells, the header first
    report_text(plan, account)                 # the same as AWS writes it
"""

import csv
import io

import plan as plans

ROOT_USER = "<root_account>"
HEADER = ["user", "arn", "user_creation_time", "password_enabled", "password_last_used",
          "password_last_changed", "password_next_rotation", "mfa_active"]
for slot in ("1", "2"):
    HEADER += ["access_key_%s_%s" % (slot, name) for name in (
        "active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")]
HEADER += ["cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated"]
EXTRA = "additional_credentials_info"


def boolean(value):
    return "true" if value else "false"


def key_cells(keys):
    """Slots are in the order of the ids of the keys: neither age nor activity decides."""
    cells = []
    shown = sorted(keys, key=lambda key: key["id"])[:2]
    for key in shown + [None] * (2 - len(shown)):
        if key is None:
            cells += ["false", "N/A", "N/A", "N/A", "N/A"]
            continue
        used = key["used"]
        cells += [boolean(key["active"]), key["created"]]
        cells += [used["at"], used["region"], used["service"]] if used else ["N/A"] * 3
    return cells


def certificate_cells(certificates):
    cells = []
    shown = sorted(certificates, key=lambda certificate: certificate["id"])[:2]
    for one in shown + [None] * (2 - len(shown)):
        cells += [boolean(one["active"]), one["uploaded"]] if one else ["false", "N/A"]
    return cells


def next_rotation(account, changed):
    policy = account["password_policy"]
    if not policy or not policy["max_age"]:
        return "N/A"
    return plans.stamp(plans.seconds_of(changed) + policy["max_age"] * plans.DAY)


def user_cells(account, user):
    password = user["password"]
    cells = [user["name"], "arn:aws:iam::%s:user%s%s" % (account["id"], user["path"], user["name"]),
             user["created"], boolean(password)]
    if password:
        cells += [password["used"] or "no_information", password["changed"],
                  next_rotation(account, password["changed"])]
    else:
        cells += ["N/A", "N/A", "N/A"]
    return cells + [boolean(user["devices"])] + key_cells(user["keys"]) + certificate_cells(
        user["certificates"])


def root_cells(account):
    root, password = account["root"], account["root"]["password"]
    cells = [ROOT_USER, "arn:aws:iam::%s:root" % account["id"], root["created"], boolean(password)]
    if password:
        cells += [password["used"] or "no_information", password["changed"], "not_supported"]
    else:
        cells += ["N/A", "N/A", "not_supported"]
    return cells + [boolean(root["devices"])] + key_cells(root["keys"]) + certificate_cells(
        root["certificates"])


def report_rows(account):
    """The header, the root user, then the users without regard to case."""
    rows = [HEADER, root_cells(account)]
    rows += [user_cells(account, user) for user in sorted(account["users"], key=lambda u: u["name"].lower())]
    if account["report"]["columns"] == 23:
        more = {u["name"]: len(u["keys"]) - 2 for u in account["users"] if len(u["keys"]) > 2}
        for row in rows[1:]:
            count = more.get(row[0])
            row.append("%d access key, iam:ListAccessKeys" % count if count else "N/A")
        rows[0] = HEADER + [EXTRA]
    return rows


def report_text(account):
    """As AWS writes it: line feeds, none behind the last row."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(report_rows(account))
    return text.getvalue().rstrip("\n")


def account_of(plan, number):
    return next(a for a in plan["accounts"] if a["id"] == number)


def unit_path(plan, account):
    """As /Unit/Unit; of an account right under the root, the root alone."""
    return next((u["path"] for u in plan["units"] if u["id"] == account["unit"]), "/")


def chain_of(plan, account):
    """The nodes that a policy can be attached to for this account: itself, its units, the root."""
    parents = {u["id"]: u["parent"] for u in plan["units"]}
    node, chain = account["unit"], [account["id"]]
    while node is not None:
        chain.append(node)
        node = parents.get(node)
    return chain


def policies_of(plan, account, kind):
    """Those of the organization that hold for the account, the full access of AWS left out."""
    chain = chain_of(plan, account)
    return [p for p in plan["policies"] if p["type"] == kind and set(p["targets"]) & set(chain)]
