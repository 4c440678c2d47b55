# A disk that is really full, where this machine lets us make one.
mkdir disk
mount -t tmpfs -o size=16k tmpfs disk 2>/dev/null || { echo "no right to mount a tmpfs"; exit 77; }
trap 'umount disk' EXIT
echo old >disk/old
for name in old new; do
    keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 -f json -o disk/$name || echo "exit code $?"
done
cat disk/old
ls -A disk
