# A signal in the middle leaves no temporary file, and the old file as it was.
mkdir out
echo old >out/file
mkfifo input
exec 3<>input
printf 'user,arn\n' >&3
keywarden audit input -f csv --as-of 2026-11-01 -o out/file 2>messages &
for _ in $(seq 100); do
    [ "$(ls -A out | wc -l)" -eq 2 ] && break
    sleep 0.05
done
echo "while it runs: $(ls -A out | sed 's/[0-9a-f]\{16\}/RANDOM/' | tr '\n' ' ')"
kill -TERM $!
code=0
wait $! || code=$?
echo "ended with $code"
ls -A out
cat out/file messages
