# The as-of time is --as-of, else the input's own, else the clock, which is said. A date alone is its
# midnight, and other spellings are refused.
. "$CASES/../lib.sh"
report >report.csv <<<'alice mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-08-03T00:00:00Z'
echo 'IAMUser should not have AccessKey with [ age(LastRotatedTime) gt 90 days ]' >rules.txt
for time in 2026-11-01 2026-11-01T00:00:00Z 2026-11-01T00:00:00+00:00 2026-11-01T00:00:01Z 2026-11-02 \
    1970-01-01 9999-12-31; do
    printf '%s: ' $time
    keywarden audit report.csv --rules rules.txt --as-of $time -f summary --quiet | tail -n 1
done
keywarden audit report.csv --rules rules.txt -f summary 2>&1 | sed 's/as of 20[-0-9T:]*Z/as of NOW/'
for time in now 2026-11 2026-11-1 01.11.2026 2026-11-01T25:00:00Z 2026-11-01T00:00:00 '' ' 2026-11-01'; do
    run keywarden audit report.csv --as-of "$time" -f summary
done
