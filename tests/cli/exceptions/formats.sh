# Exceptions in every format: what is covered, what no longer is, and what met nothing.
. "$CASES/../lib.sh"
report >report.csv <<'.'
ada password_enabled=true mfa_active=false
bob password_enabled=true mfa_active=false
eve password_enabled=true mfa_active=false
.
cat >exceptions.yaml <<'.'
- id: ada
  control: user-console-mfa
  user: ada
  owner: "Grace <b>\e[31m"
  reason: "her token, the \u202e one, is on its way"
  ticket: SEC-12
  expires: 2026-11-15
- control: user-console-mfa
  user: bob
  owner: Alan
  reason: rollout
  expires: 2026-10-31
- id: nobody
  control: user-console-mfa
  user: nobody
  owner: Alan
  reason: rollout
  expires: 2027-01-31
- control: root-*
  user: <root_account>
  owner: Kurt
  reason: no root row in these reports
  expires: 2027-01-31
.
for format in table summary csv; do
    echo "[$format]"
    run keywarden audit report.csv --as-of 2026-11-01 --exceptions exceptions.yaml -f $format 2>&1
done
for format in json jsonl; do
    echo "[$format]"
    keywarden audit report.csv --as-of 2026-11-01 --exceptions exceptions.yaml -f $format -q |
        grep -o -e '.*"user":"ada".*"exception":{[^}]*}' -e '"exceptions":\[.*\],"errors"'
done
echo '[html]'
keywarden audit report.csv --as-of 2026-11-01 --exceptions exceptions.yaml -f html -q >page.html
grep -n -A6 -e 'id="exceptions"' page.html | cut -c1-300
grep -n -e 'Grace' page.html
python3 "$CASES/../formats/html-check.py" page.html | tail -1
echo '[markdown]'
keywarden audit report.csv --as-of 2026-11-01 --exceptions exceptions.yaml -f markdown -q |
    sed -n '/^## Excepted/,$p'
# More than ten are counted.
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    printf -- '- {id: "n%s|", control: user-mfa-enabled, user: "n*", owner: A, reason: r, expires: 2027-01-31}\n' $i
done >many.yaml
keywarden audit report.csv --as-of 2026-11-01 --exceptions many.yaml -f markdown -q |
    sed -n '/^## Exceptions/,$p'
