# A regular expression that runs into its limits is neither a match nor none: it is said once.
. "$CASES/events.sh.inc"
cat >rule.yml <<'.'
title: Slow
id: 11111111-1111-4111-8111-111111111111
logsource: {product: aws, service: cloudtrail}
detection:
    selection:
        userAgent|re: '^(a|a|ab)*(a+)+(a|aa)+c$'
    condition: selection
.
for n in 1 2 3; do
    event "$n" 2026-03-01T10:00:00Z ListUsers ",\"userAgent\":\"$(printf 'a%.0s' {1..5000})\""
done >a.jsonl
keywarden trail scan a.jsonl --rules rule.yml -f csv
