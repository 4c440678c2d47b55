# Each event once; the same for any number of processors, order of files and memory.
. "$CASES/events.sh.inc"
logs
keywarden trail scan logs --format csv --fail-on never
for options in '--jobs 3' '--no-prefilter' '--memory 1K'; do
    # shellcheck disable=SC2086 # words
    keywarden trail scan logs --format csv --fail-on never $options | cksum
done
keywarden trail scan logs/eu-west-1/c.jsonl logs/us-east-1 -f csv --fail-on never | cksum
