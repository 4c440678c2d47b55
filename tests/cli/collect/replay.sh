# A recorded organization, collected and audited without network or credentials.
. "$CASES/../lib.sh"
export HOME=/nonexistent AWS_EC2_METADATA_DISABLED=true AWS_PROFILE=absent
cp -r "$CASES/../../../examples/recording" recording
run keywarden collect --org --root-session --replay recording --store one.db 2>&1 | cut -c 1-100
run keywarden collect --org --root-session --replay recording --store two.db -q --jobs 1 2>&1 | cut -c 1-100
unset AWS_PROFILE
for store in one two; do
    keywarden audit --store $store.db --pack keywarden --pack account -f jsonl --all >$store.jsonl
done
cmp one.jsonl two.jsonl && echo 'the same whichever thread asks'
echo '--- what was not recorded'
run keywarden collect --root-session --replay recording --store three.db 2>&1 | cut -c 1-120
run keywarden collect --org --assets --jobs 1 --replay recording --store four.db 2>&1 | grep '\(s3\|rds\):' | cut -c 1-120
echo '--- damage'
cp -r recording damaged
printf 'x' >>damaged/caller.organizations.ListRoots.0001.txt
run keywarden collect --org --replay damaged --store five.db 2>&1
rm damaged/caller.organizations.ListRoots.0001.txt
run keywarden collect --org --replay damaged --store five.db 2>&1 | cut -c 1-120
run keywarden collect --org --replay nowhere --store five.db 2>&1
run keywarden collect --org --replay recording --record damaged --store five.db 2>&1
ls ./*.db
