# Plans for a log group of which nothing is known, in every format; the same bytes every time.
plan() {
    echo "\$ $*"
    keywarden trail alarm plan --log-group trail/logs --account 111122223333 --region eu-west-1 "$@"
    echo "exit code $?"
}
plan
plan --alarms root,cis-4.2,organization-change --notify a@example.com --notify https://example.com/x
for format in json cloudformation terraform cli; do
    plan --format "$format" --alarms root,cis-4.15 --notify "o'neill@example.com"
done
plan --format cli --topic arn:aws:sns:eu-west-1:444455556666:security --namespace Own/Names
keywarden trail alarm plan --log-group g --account 111122223333 --region cn-north-1 --format json
plan --alarms all -o plan.txt
tail -n 1 plan.txt
