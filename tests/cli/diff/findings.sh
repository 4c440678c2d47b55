# A finding whose status stays is told when what decided it is another; each side is judged as of its
# own time.
. "$CASES/../lib.sh"
report >old.csv <<'.'
<root_account> mfa_active=true password_enabled=true password_last_used=2026-10-01T12:00:00Z
old-key mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-01-01T00:00:00Z
 access_key_1_last_used_date=2026-10-01T00:00:00Z
more-keys mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-01-01T00:00:00Z
 access_key_1_last_used_date=2026-10-01T00:00:00Z
ages mfa_active=true access_key_1_active=true access_key_1_last_rotated=2026-07-10T00:00:00Z
 access_key_1_last_used_date=2026-10-01T00:00:00Z
.
sed -e 's/2026-10-01T12:00:00Z/2026-10-08T12:00:00Z/' \
    -e '/^more/s/,false,N\/A,N\/A,N\/A,N\/A,false/,true,2025-01-01T00:00:00Z,2026-10-01T00:00:00Z,N\/A,N\/A,false/' \
    old.csv >new.csv
times=(--as-of-old 2026-10-02 --as-of-new 2026-10-09)
run keywarden diff old.csv new.csv "${times[@]}"
run keywarden diff old.csv new.csv "${times[@]}" -f csv
echo "# the same report, a week later, by another limit"
run keywarden diff old.csv old.csv "${times[@]}" -f csv --param access-key-rotated.days=92
base64 -w0 old.csv >content
for day in 02 09; do
    printf '{"Content": "%s", "GeneratedTime": "2026-10-%sT00:00:00+00:00"}' "$(cat content)" $day >$day.json
done
echo "# by the time of each report"
run keywarden diff 02.json 09.json -f csv
run keywarden diff 09.json 02.json -f csv --fail-on never
