# What is left out is counted; the input's errors are told, in the plan too.
. "$CASES/../lib.sh"
report >one.csv <<'.'
<root_account> mfa_active=true
bob password_enabled=true password_last_used=2026-10-31T00:00:00Z
.
sed 's/111122223333/222233334444/' one.csv >two.csv
plan() { run keywarden fix plan "$@" --as-of 2026-11-01 | grep -v '^#>' | sed -n '4,/^#$/p; /^# Step/p; /^# ---/p; /^exit code/p'; }
plan one.csv two.csv
plan one.csv two.csv --account 222233334444 --control user-mfa-enabled --control user-console-mfa
plan one.csv two.csv --account 000000000000
plan one.csv --control root-hardware-mfa -f cli
plan one.csv --pack keywarden --param user-credentials-used.days=1
cat >rules.yaml <<'.'
- id: own
  rule: IAMUser where not RootUser should have MFAActive
  cli: rm -rf {user}
.
run keywarden fix plan one.csv --rules rules.yaml --as-of 2026-11-01 | sed -n '/^# Step/,/^fi/p'
head -c 60 one.csv | tail -c 20 >bad.csv
plan one.csv bad.csv
run keywarden fix plan one.csv --as-of 2026-11-01 -o plan.sh
sh -n plan.sh && head -n 1 plan.sh
mkdir empty
echo "errors:" >&2
for words in "" "none.csv" "one.csv -f json" "one.csv --account 12" "one.csv --control user-mfa-enable" \
    "one.csv --control nothing" "one.csv --format" "--all one.csv" "empty"; do
    # shellcheck disable=SC2086 # words
    run keywarden fix plan $words
done
run keywarden fix
run keywarden fix plam
