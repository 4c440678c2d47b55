# shellcheck shell=bash
# lib.sh: what many cases share. `. "$CASES/../lib.sh"`

# The header of the reports that AWS makes today.
columns=user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed
columns+=,password_next_rotation,mfa_active
for n in 1 2; do
    columns+=,access_key_${n}_active,access_key_${n}_last_rotated,access_key_${n}_last_used_date
    columns+=,access_key_${n}_last_used_region,access_key_${n}_last_used_service
done
columns+=,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated

# Makes a report from lines `USER COLUMN=CELL...`; a line that begins with a blank goes on with the
# user before it. What is not named is as for a user without password, keys, certificates and MFA.
report() {
    echo "$columns"
    awk -v columns="$columns" '
        function flush(i) {
            if (user == "") return
            for (i = 1; i <= count; i++) printf "%s%s", cell[name[i]], i < count ? "," : "\n"
        }
        function begin(i) {
            user = $1
            for (i = 1; i <= count; i++) cell[name[i]] = name[i] ~ /_active$/ ? "false" : "N/A"
            cell["user"] = user
            cell["arn"] = "arn:aws:iam::111122223333:" (user == "<root_account>" ? "root" : "user/" user)
            cell["user_creation_time"] = "2020-01-01T00:00:00Z"
            cell["password_enabled"] = "false"
            if (user == "<root_account>") cell["password_next_rotation"] = "not_supported"
        }
        BEGIN { count = split(columns, name, ",") }
        /^[^ ]/ { flush(); begin(); $1 = "" }
        {
            for (i = 1; i <= NF; i++) {
                at = index($i, "=")
                if (at > 0) cell[substr($i, 1, at - 1)] = substr($i, at + 1)
            }
        }
        END { flush() }'
}

# Runs a command and says how it ended, for cases of several steps.
run() {
    local code=0
    "$@" || code=$?
    echo "exit code $code"
}

# Judges as of 1 November 2026 and shows each verdict in a short line: user, control, status. Controls
# of root on a user's row and the other way round are left out.
verdicts() {
    keywarden audit --as-of 2026-11-01 --format csv --all "$@" >all.csv || echo "exit code $?"
    python3 - all.csv <<'.'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")))
for row in rows:
    kind = row["control"].split("-")[0]
    if kind in ("root", "user") and (row["user"] == "<root_account>") != (kind == "root"):
        continue
    print("%-14s  %-29s  %s" % (row["user"], row["control"], row["status"]))
.
}
