# Steampipe gives a user the keys of others whose names contain its own, or are like it where it has an
# underscore; it takes two rows of a report to see. Keys of users with a path are made without it.
begin() { echo "user,arn,access_key_1_active,access_key_2_active" >"$1.csv"; }
user() { # ACCOUNT PATH+NAME KEY-1 KEY-2
    echo "${2##*/},arn:aws:iam::$1:user$2,$3,$4" >>"$1.csv"
}
begin 000000000001
user 000000000001 /bob true false
user 000000000001 /alice true false
user 000000000001 /bobby false true
user 000000000001 /a_b true false
user 000000000001 /a-b true false
user 000000000001 /a-b_ true false
# One of its own alone; two of its own; none of its own, but two of another's.
user 000000000001 /bobby2 false false
user 000000000001 /both true true
user 000000000001 /bo false false
# A path on the side of the key's user hides nothing, on the user's own side everything.
user 000000000001 /division/carlos true false
user 000000000001 /carl true false
user 000000000001 /division/car true true
# Not of the account next door, and not case by case.
begin 000000000002
user 000000000002 /bob true false
user 000000000002 /Bobby true false

keywarden audit --compare steampipe . --as-of 2026-11-01 || echo "exit code $?"
keywarden audit --compare steampipe . --as-of 2026-11-01 --format csv -q |
    grep one_active | cut -d, -f2,4-9
keywarden audit --compare steampipe . --as-of 2026-11-01 --format json | python3 -c '
import json, sys
for it in json.load(sys.stdin)["differences"]:
    if it["user"] == "bob":
        print(*("%s=%s" % item for item in it.items()), sep="\n")'
# The same whoever reads it, and however large the folder.
keywarden audit --compare steampipe . --as-of 2026-11-01 --format csv --jobs 1 -q >"$TMPDIR/one"
keywarden audit --compare steampipe . --as-of 2026-11-01 --format csv --jobs 8 -q | cmp - "$TMPDIR/one" &&
    echo same
# Without the keys' column nothing is known, and nothing is told.
printf 'user,arn\nbob,arn:aws:iam::000000000001:user/bob\nbobby,arn:aws:iam::000000000001:user/bobby\n' |
    keywarden audit --compare steampipe - --as-of 2026-11-01 --format csv -q | grep -c one_active
# Its own keys cannot be read, those of others can.
begin 000000000003
user 000000000003 /bob maybe true
user 000000000003 /bobby true true
keywarden audit --compare steampipe 000000000003.csv --as-of 2026-11-01 --format csv |
    grep one_active | cut -d, -f2,4-10
