# What Sigma rules and filter patterns become, what decides for one event, and cases of them.
. "$CASES/../lib.sh"
cat >r.yml <<'.'
title: Key for somebody else
id: 4d6f7a5c-0000-4000-8000-000000000001
name: key
logsource: {product: aws, service: cloudtrail}
detection:
    call:
        eventSource: iam.amazonaws.com
        eventName: [CreateAccessKey, UpdateAccessKey]
        requestParameters.userName|exists: true
    own:
        userIdentity.userName|fieldref: requestParameters.userName
    tool:
        userAgent|contains|all: [aws, 'cli*2']
    night:
        eventTime|hour|lt: 6
    condition: call and not own and (1 of tool* or night)
---
title: Many keys
id: many
correlation:
    type: event_count
    rules: [key]
    group-by: [recipientAccountId]
    timespan: 10m
    condition: {gte: 2}
.
cat >e.json <<'.'
{"eventTime": "2026-01-01T05:59:59Z", "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey",
 "userIdentity": {"userName": "ann"}, "requestParameters": {"userName": "bob"}, "recipientAccountId": "1"}
.
run keywarden rule explain r.yml
run keywarden rule explain r.yml --id key --entity e.json
cat >p.yaml <<'.'
- id: root
  rule: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
.
run keywarden rule explain p.yaml
echo '{"userIdentity": {"type": "Root"}, "eventType": "AwsApiCall"}' >root.json
run keywarden rule explain p.yaml --entity root.json
printf -- '- {id: glued, rule: "{ $.userIdentity.invokedByNOT EXISTS }"}\n' >glued.yaml
run keywarden rule check glued.yaml
echo '{"eventName": ' >cut.json
run keywarden rule explain r.yml --entity cut.json
tr -d '\n' <e.json >line
cat >cases.test <<.
$(cat line)
key
match

# a list of events, for a correlation
[$(cat line), $(sed s/05:59:59/05:59:00/ line)]
many
match
.
run keywarden rule test --rules r.yml cases.test
cat >cases.test <<.
[$(sed s/05:59:59/05:40:00/ line), $(cat line)]
many
no-match

[$(sed s/05:59:59/05:50:00/ line), $(cat line)]
many
match

{"eventName": "CreateAccessKey"}
key
match
.
run keywarden rule test --rules r.yml cases.test
