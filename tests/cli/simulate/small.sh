# A fleet of two accounts, as it is written: three weeks of one of them.
. "$CASES/../lib.sh"
run keywarden simulate --profile root-2020 --seed 3 --accounts 2 --users-per-account 2 --samples 3 --out fleet
ls fleet fleet/*
cat fleet/profile.json fleet/accounts.csv
first=$(tail -n 1 fleet/accounts.csv | cut -d, -f1)
cat fleet/*/"$first".csv
echo
run keywarden simulate -q --profile iam-2021 --seed 18446744073709551615 --accounts 1 --samples 1 --out one
ls one/*
