# What an exception covers is shown as excepted, with who answers for it, and no longer fails the
# run; the day it ends with is the last one on which it holds, at the as-of time.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> mfa_active=true password_enabled=true
ada password_enabled=true mfa_active=false
bob password_enabled=true mfa_active=false
.
cat >exceptions.yaml <<'.'
- id: ada-mfa
  control: user-console-mfa
  arn: arn:aws:iam::111122223333:user/ada
  owner: Grace
  reason: her token is on its way
  ticket: SEC-12
  expires: 2026-11-15
- control: [user-console-mfa, root-hardware-mfa]
  account: "111122223333"
  not:
    - user: ada
  owner: Alan
  reason: "rollout, second half"
  expires: 2027-01-31
.
for time in 2026-11-01 2026-11-15T23:59:59Z 2026-11-16; do
    echo "[$time]"
    run keywarden audit report.csv --as-of $time --exceptions exceptions.yaml -f csv 2>&1 |
        grep -e mfa, -e warning -e exit
done
