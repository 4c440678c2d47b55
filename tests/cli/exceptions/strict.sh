# An excepted unknown is no unknown for --strict, and keeps why it was one.
. "$CASES/../lib.sh"
report <<<'ada password_enabled=not_supported' >report.csv
cat >exceptions.yaml <<'.'
- {control: root-*, user: <root_account>, owner: o, reason: r, ticket: t, expires: 2026-12-01}
- {control: user-console-mfa, user: ada, owner: o, reason: r, ticket: t, expires: 2026-12-01}
.
run keywarden audit report.csv --as-of 2026-11-01 -f summary --strict | tail -1
run keywarden audit report.csv --as-of 2026-11-01 -f summary --strict --exceptions exceptions.yaml
keywarden audit report.csv --as-of 2026-11-01 -f jsonl --exceptions exceptions.yaml |
    grep -o '"control":"user-console.*"evidence"'
