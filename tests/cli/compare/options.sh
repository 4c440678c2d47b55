# What goes with --compare and what does not.
printf 'user,arn,mfa_active\n<root_account>,arn:aws:iam::111122223333:root,false\n' >report.csv
try() { keywarden audit --compare "$@" report.csv --as-of 2026-11-01 || echo "exit code $?"; }
try prowler | head -n 9
try security-hub,prowler --format json | python3 -c '
import json, sys
page = json.load(sys.stdin)
print(page["schema"], sorted({check["system"] for check in page["checks"]}), page["reports"])'
try prowler,prowler --format csv
try prowlr
try ""
try prowler --pack cis-7.0
try prowler --format sarif
keywarden audit --compare prowler nothing.csv || echo "exit code $?"
