# Z, +00:00 and fractions are the same instants, fractions dropped: the boundary of 90 days is met to
# the second by all. 2026-08-03T00:00:00 is exactly 90 days before the as-of time: not older.
. "$CASES/../lib.sh"
report >report.csv <<'.'
at-z access_key_1_active=true access_key_1_last_rotated=2026-08-03T00:00:00Z
at-offset access_key_1_active=true access_key_1_last_rotated=2026-08-03T00:00:00+00:00
at-fraction access_key_1_active=true access_key_1_last_rotated=2026-08-03T00:00:00.000Z
before-z access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59Z
before-offset access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59+00:00
before-fraction access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59.999Z
before-both access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59.999999+00:00
.
verdicts report.csv | grep -e rotated -e exit
