# What the command line cannot mean.
. "$CASES/../lib.sh"
run keywarden simulate
run keywarden simulate --profile root-2020
run keywarden simulate --profile root-2021 --out fleet
run keywarden simulate --profile root-2020 --out fleet more
run keywarden simulate --profile root-2020 --out fleet --seed seven
run keywarden simulate --profile root-2020 --out fleet --seed 18446744073709551616
run keywarden simulate --profile root-2020 --out fleet --accounts 0
run keywarden simulate --profile root-2020 --out fleet --users-per-account 5001
run keywarden simulate --profile root-2020 --out fleet --samples 21
run keywarden simulate --profile root-2020 --out fleet --jobs 0
run keywarden simulate --profile root-2020 --out ''
run keywarden simulate -h
ls
