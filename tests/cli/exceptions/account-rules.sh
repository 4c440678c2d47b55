# Rules about the account, which no row answers, can be excepted by account.
. "$CASES/../lib.sh"
report <<<'ada mfa_active=true' >123456789012.csv
sed -i 's/111122223333/123456789012/' 123456789012.csv
cat >rules.yaml <<'.'
- id: policy
  rule: IAMPasswordPolicy should have MinimumPasswordLength >= 14
.
cat >exceptions.yaml <<'.'
- {control: policy, account: "123456789012", owner: o, reason: r, ticket: t, expires: 2026-12-01}
.
run keywarden audit 123456789012.csv --rules rules.yaml --as-of 2026-11-01 -f csv --strict=all --fail-on medium
run keywarden audit 123456789012.csv --rules rules.yaml --as-of 2026-11-01 -f csv --strict=all --fail-on medium \
    --exceptions exceptions.yaml
