# A folder that is there is only taken when it is empty; what cannot be written is said.
. "$CASES/../lib.sh"
small=(--profile iam-2021 --accounts 1 --users-per-account 1)
mkdir empty full
touch full/file
run keywarden simulate "${small[@]}" --out empty
run keywarden simulate "${small[@]}" --out empty
run keywarden simulate "${small[@]}" --out full
run keywarden simulate "${small[@]}" --out full/file
run keywarden simulate "${small[@]}" --out missing/fleet
ls full
