# Wrong command lines, and what cannot be begun: nothing is called, no store is made.
. "$CASES/../lib.sh"

run keywarden collect here
run keywarden collect --progress bar
run keywarden collect --with contacts,keys
run keywarden collect --jobs 0
run keywarden collect --now soon
run keywarden collect --resume --org
run keywarden collect --resume
cp /dev/null empty.txt
printf '# ours\n111122223333\n12345\n' >short.txt
printf 'name,account\nA,111122223333\nB,111122223333\n' >twice.csv
run keywarden collect --accounts missing.txt
run keywarden collect --accounts empty.txt
run keywarden collect --accounts short.txt
run keywarden collect --accounts twice.csv
export HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true
run keywarden collect --profile nobody
run keywarden collect
run keywarden collect --endpoint-url ftp://localhost
ls
