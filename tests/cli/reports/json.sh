# What `aws iam get-credential-report` prints: base64 Content, and the time it was made, which is the
# as-of time where none is given: the key is 90 days old then, to the second.
. "$CASES/../lib.sh"
report >plain.csv <<'.'
<root_account> mfa_active=true
alice mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-08-03T00:00:00Z
bob mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59Z
.
cat >report.json <<.
{
    "Content": "$(base64 -w 0 plain.csv)",
    "ReportFormat": "text/csv",
    "GeneratedTime": "2026-11-01T00:00:00+00:00"
}
.
run keywarden audit report.json --format csv --fail-on medium
echo "a day later:"
run keywarden audit report.json --format csv --fail-on medium --as-of 2026-11-02 | cut -d, -f1-5
echo "packed, and base64 with escaped slashes and line feeds:"
cat <<. | gzip -c >packed.json
{"GeneratedTime": "2026-11-01T00:00:00Z", "Extra": {"a": [1, {}]},
 "Content": "$(base64 plain.csv | sed 's,/,\\/,g; s/$/\\n/' | tr -d '\n')"}
.
run keywarden audit packed.json --format summary
