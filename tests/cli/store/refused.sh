# What cannot be kept, and why; what can, and what of it could not be read.
. "$CASES/../lib.sh"
report <<<'ada mfa_active=true' >good.csv
report <<<'ada mfa_active=perhaps' >odd.csv
{ report <<<'ada'; report <<<'bob' | tail -1 | sed s/111122223333/444455556666/; } >two.csv
sed 's/arn:[^,]*/none/' good.csv >nobody.csv
echo hello >hello.csv
run keywarden store import good.csv --at 2026-11-01
run keywarden store import odd.csv --at 2026-11-01
run keywarden store import odd.csv --at 2026-11-01 --replace
run keywarden store import two.csv --at 2026-11-08
run keywarden store import nobody.csv --at 2026-11-08
run keywarden store import hello.csv missing.csv --at 2026-11-08
cp good.csv 444455556666.csv # the users are of 111122223333
run keywarden store import 444455556666.csv --at 2026-11-15
cp good.csv prod-202611160900.csv # a time
run keywarden store import prod-202611160900.csv --at 2026-11-16
run keywarden store import
run keywarden store import good.csv --at tomorrow
run keywarden store info --store none.db
run keywarden store info --format xml
run keywarden store export
run keywarden store prune
run keywarden store prune --keep some
