# Each root control once as unknown. The account comes from another row, else from the file's name,
# else it is empty.
. "$CASES/../lib.sh"
echo "${columns:?}" >444455556666.csv
echo "${columns:?}" >nobody.csv
report >report-999900001111.csv <<'.'
alice mfa_active=true
.
for file in report-999900001111.csv 444455556666.csv nobody.csv; do
    run keywarden audit $file --as-of 2026-11-01 --format csv
done
echo "with --strict:"
run keywarden audit nobody.csv --as-of 2026-11-01 --format summary --strict
