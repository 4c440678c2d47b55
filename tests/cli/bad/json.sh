# JSON that is no report, and base64 that is damaged: each is named. Nothing of a damaged Content is
# judged, since nobody knows what it said.
echo 'IAMUser should have MFAActive' >rules.txt
content=$(printf 'user,arn,mfa_active\nalice,arn:aws:iam::111122223333:user/alice,false\n' | base64 -w 0)
try() {
    printf '%s' "$2" >report.json
    echo "$1:"
    keywarden audit report.json --rules rules.txt --as-of 2026-11-01 -f csv --fail-on never 2>&1
    echo "exit code $?"
}
try 'good' "{\"Content\": \"$content\"}"
try 'no Content' '{"GeneratedTime": "2026-11-01T00:00:00Z"}'
try 'Content is no text' '{"Content": 1}'
try 'Content is empty' '{"Content": ""}'
try 'no base64' '{"Content": "user,arn"}'
try 'base64 cut' "{\"Content\": \"${content%???}\"}"
try 'base64 with a strange letter' "{\"Content\": \"${content:0:20}*${content:21}\"}"
try 'base64 of no report' "{\"Content\": \"$(echo hello | base64)\"}"
try 'base64 of a gzip report' "{\"Content\": \"$(echo user,arn | gzip -nc | base64 -w 0)\"}"
try 'JSON cut' "{\"Content\": \"$content"
try 'text behind' "{\"Content\": \"$content\"} x"
try 'two Contents' "{\"Content\": \"$content\", \"Content\": \"$content\"}"
try 'deep' "{\"a\": $(printf '[%.0s' $(seq 5000))"
try 'a list' "[\"$content\"]"
try 'the time is none' "{\"Content\": \"$content\", \"GeneratedTime\": \"yesterday\"}"
