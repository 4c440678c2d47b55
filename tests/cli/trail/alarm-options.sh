# What is not understood is an error with a hint, and nobody is called.
export AWS_CONFIG_FILE=/nonexistent AWS_SHARED_CREDENTIALS_FILE=/nonexistent AWS_REGION=eu-west-1
export AWS_EC2_METADATA_DISABLED=true
try() {
    echo "\$ trail alarm $*"
    echo "\$ trail alarm $*" >&2
    keywarden trail alarm "$@"
    echo "exit code $?"
}
place=(--log-group g --account 111122223333 --region eu-west-1)
try
try -h
try --alarms root
try plant
try plan operand
try plan --format yaml
try plan --alarms rot-use
try plan --alarms cis-9.9
try plan "${place[@]}" --notify nobody
try plan "${place[@]}" --notify http://example.com
try plan "${place[@]}" --topic 'a b'
try plan "${place[@]}" --namespace AWS/Logs
try plan --log-group g --region eu-west-1
try plan --log-group g --account 111122223333
try plan --log-group "g'h" --account 111122223333 --region eu-west-1
try plan --log-group g --account 111122223333 --region 'eu west'
try plan --account 111122223333
try check --format csv
try check --notify a@example.com
try apply --format json
try test --fire=bell
try test --fire events.json
try test missing.json
try check
AWS_REGION='' AWS_ACCESS_KEY_ID=AKIAEXAMPLE AWS_SECRET_ACCESS_KEY=x try check
