# What a control takes over, from earlier controls of its file and from the built-in ones.
cat >r.yaml <<'.'
- id: keys
  extends: access-key-rotated
  params: {days: 30}
- params: {days: 7}
  severity: critical
  id: keys-weekly
  extends: keys
- id: keys-own-rule
  title: Its own
  extends: keys
  params: {hours: 5}
  rule: IAMUser should not have AccessKey with [ age(LastRotatedTime) gt $hours hours ]
- id: access-key-rotated
  extends: access-key-rotated
.
keywarden rule list r.yaml
keywarden rule check r.yaml
keywarden rule fmt --check r.yaml && echo "layout: as it should be"

echo "-- the answers are those of the rule, with the values given"
. "$CASES/../lib.sh"
report >r.csv <<'.'
kim access_key_1_active=true access_key_1_last_rotated=2026-10-12T00:00:00Z
.
keywarden audit r.csv --rules r.yaml --as-of 2026-11-01 --format csv --all
keywarden audit r.csv --rules r.yaml --as-of 2026-11-01 --param keys.days=19 --format csv
run keywarden audit r.csv --rules r.yaml --as-of 2026-11-01 --pack keywarden 2>&1
echo "-- texts too"
keywarden audit r.csv --rules r.yaml --as-of 2026-11-01 --format json |
    python3 -c 'import json, sys; print(json.load(sys.stdin)["findings"][0]["remediation"])'

echo "-- what is wrong"
bad() {
    cat >bad.yaml
    run keywarden rule check bad.yaml 2>&1
}
bad <<'.'
- id: a
  extends: root-mfa-enabld
.
bad <<'.'
- id: a
  extends: b
- id: b
  extends: a
.
bad <<'.'
- id: a
  extends: a
.
bad <<'.'
- id: a
  extends: [root-mfa-enabled]
.
bad <<'.'
- id: a
  extends: access-key-rotated
  params: {day: 5}
.
bad <<'.'
- id: a
  extends: root-mfa-enabled
  params: {day: 5}
.
bad <<'.'
- id: a
  extends: access-key-rotated
  params: {days: soon}
.
bad <<'.'
- id: a
  extends: access-key-rotated
  params: {days: 5}
  rule: IAMUser should have $hours gt 5
.
echo "-- an inherited error is shown where it stands"
bad <<'.'
- id: a
  rule: IAMUser should have MFAActiv
- id: b
  extends: a
.
