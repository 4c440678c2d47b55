# Sigma, filter patterns and rules of ours together; what can never match is said, and what is left out.
. "$CASES/events.sh.inc"
logs
mkdir rules
cat >rules/never.yml <<'.'
title: Two names at once
id: 11111111-1111-4111-8111-111111111111
logsource: {product: aws, service: cloudtrail}
detection:
    selection: {status: Failure}
    condition: selection
---
title: Another log
id: 22222222-2222-4222-8222-222222222222
logsource: {product: windows}
detection:
    selection: {a: b}
    condition: selection
.
echo '{ $.eventName = "ListUsers" && $.userIdentity.type = "Root" }' >pattern.txt
echo 'CloudTrailEvent should not have errorMessage eq "Failed authentication"' >own.txt
keywarden trail scan logs --rules rules --rules pattern.txt --rules own.txt -f csv | cut -d, -f1,4-6
keywarden trail scan logs --rules pattern.txt --pack root-activity --pack root-activity -f csv --fail-on never | cut -d, -f4 | sort | uniq -c | wc -l
echo 'IAMUser should have Password.Enabled eq false' >report.txt
keywarden trail scan logs --rules report.txt
