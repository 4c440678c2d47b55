# Many workers give the bytes of one: 200 reports of all kinds in a folder, some of them damaged, with
# every format, messages and exit code included.
python3 "$CASES/reports.py" 200 fleet
for format in csv jsonl summary table html json; do
    for jobs in 1 2 7; do
        code=0
        keywarden audit fleet --as-of 2026-11-01 --jobs $jobs --all -f $format >out.$jobs 2>err.$jobs || code=$?
        echo "exit code $code" >>err.$jobs
        # The time of the audit is the one thing that differs from run to run.
        sed -i 's/"audited_at":"[^"]*"//; s,<dt>Audit ran</dt><dd>[^<]*,,' out.$jobs
    done
    cmp out.1 out.2 && cmp err.1 err.2 && cmp out.1 out.7 && cmp err.1 err.7 &&
        [ -s out.1 ] && echo "$format: the same"
done
tail -n 1 err.1
keywarden audit fleet --as-of 2026-11-01 -f summary 2>&1 | grep -c '^keywarden: error'
