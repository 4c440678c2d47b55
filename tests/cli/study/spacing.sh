# Samples that are less than a week apart, as a store that is filled daily has them: a use counts in
# each sample whose week it is in, which the output says.
. "$CASES/../lib.sh"
for day in 08 09 16; do
    mkdir -p "fleet/2021-01-$day"
    report <<<'<root_account> password_last_used=2021-01-07T12:00:00Z' \
        >"fleet/2021-01-$day/111122223333.csv"
done
echo 'account,organization
111122223333,Larkspur' >fleet/accounts.csv
run keywarden study fleet --kind root --format csv 2>&1 | grep -E '^uses,|days|week|code'
