# A disk that is really full, where this machine lets us make one: no profile.json, so not complete.
. "$CASES/../lib.sh"
mkdir disk
mount -t tmpfs -o size=256k tmpfs disk 2>/dev/null || { echo "no right to mount a tmpfs"; exit 77; }
trap 'umount disk' EXIT
keywarden simulate --profile iam-2021 --out disk/fleet --jobs 1 2>&1 | sed 's/[0-9]\{12\}/ACCOUNT/'
echo "exit code ${PIPESTATUS[0]}"
[ -e disk/fleet/profile.json ] || echo "no profile.json"
mount -o remount,ro disk
run keywarden simulate --profile iam-2021 --out disk/other
