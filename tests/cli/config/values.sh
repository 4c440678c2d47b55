# Values are those of the command line. It has the last word; a section has it before the head.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_enabled=true
alice mfa_active=false
.
mkdir sub
printf 'IAMUser should have MFAActive\n' >sub/mfa.txt
cat >other.yaml <<'.'
- id: nights
  params: {nights: 1}
  rule: IAMUser should have age(CreationDate) gt $nights days
.
try() {
    cat >sub/keywarden.conf
    code=0
    keywarden audit report.csv --as-of 2026-11-01 --config sub/keywarden.conf "$@" || code=$?
    echo "exit code $code"
}
echo "# a switch, a value, a list, and a path beside the file"
try <<'.'
# of all commands that have them
format = csv

[audit]
rules = mfa.txt
rules = ../other.yaml
param = nights.nights=2
param = nights.nights=20000
quiet = true
.
try <<'.'
format = csv
[audit]
rules = mfa.txt
all = true
fail-on = never
[rule list]
packs = true
.
echo "# a list of the command line replaces the file's"
try --rules other.yaml <<'.'
format = csv
[audit]
rules = mfa.txt
.
echo "# and so does a switch"
try --all=false --strict=false <<'.'
[audit]
format = summary
all = true
rules = mfa.txt
strict = all
.
echo "# a section counts before the head, a list as a whole"
try <<'.'
format = json
fail-on = never
strict = true
[audit]
format = summary
strict = false
rules = mfa.txt
.
echo "# the same in another command"
printf 'pack = keywarden\n[rule list]\npacks = true\n' >list.conf
keywarden rule list --config list.conf | grep -o "^keywarden "
keywarden rule list --config list.conf --packs=false | head -n 1
echo "# an absolute path stays, and a file in the working directory is beside itself"
printf '[audit]\nformat = summary\nrules = %s/sub/mfa.txt\nrules = other.yaml\n' "$PWD" >keywarden.conf
chmod go-w keywarden.conf
keywarden audit report.csv --as-of 2026-11-01
echo "# what is written is for a file that was named"
printf '[audit]\noutput = out.csv\nformat = summary\n' >sub/keywarden.conf
keywarden audit report.csv --as-of 2026-11-01 --config sub/keywarden.conf
head -n 2 sub/out.csv
