# Which alarms events would set off: files of every shape, with one processor or two; samples.
record() { # ID NAME MEMBERS
    printf '{"eventTime":"2026-11-01T0%s:00:00Z","eventID":"%s","eventName":"%s",%s}' "$1" "$1" "$2" "$3"
}
root='"userIdentity":{"type":"Root"},"eventType":"AwsApiCall"'
user='"userIdentity":{"type":"IAMUser"},"eventType":"AwsApiCall","eventSource":"kms.amazonaws.com"'
{
    record 2 ListUsers "$root"
    record 1 StopLogging "$root"
    record 3 DisableKey "$user"
} >lines.json
printf '{"Records":[%s,%s]}' "$(record 4 DeleteTrail "$user")" "$(record 5 X "$user")" | gzip >a.json.gz
keywarden trail alarm test lines.json a.json.gz --alarms root,cis-4.5,cis-4.7,cis-4.1 --jobs 1
echo "exit code $?"
keywarden trail alarm test . --alarms root,cis-4.5,cis-4.7,cis-4.1 --jobs 2 | tail -n 1
printf '{"Records":[%s,' "$(record 6 CreateTrail "$user")" >cut.json
keywarden trail alarm test cut.json --alarms trail-change
echo "exit code $?"
keywarden trail alarm test
