# One file of 20 MB with quotes sprinkled in: split among workers and by each instruction set, the
# bytes are those of one scalar worker.
python3 "$CASES/reports.py" big 20 big.csv
audit() { keywarden audit big.csv --as-of 2026-11-01 "$@" 2>&1 | md5sum; }
for format in summary csv; do
    expected=$(audit -f $format --jobs 1 --simd scalar)
    for simd in scalar avx2 avx512; do
        for jobs in 1 2 5; do
            [ "$(audit -f $format --jobs $jobs --simd $simd)" = "$expected" ] ||
                echo "$format differs with --jobs $jobs --simd $simd"
        done
    done
done
keywarden audit big.csv --as-of 2026-11-01 -f summary | wc -l
python3 - <<'.'
import csv, subprocess
# Python counts what needs no times.
rows = list(csv.DictReader(open("big.csv", newline="")))
fails = sum(r["user"][0] != "<" and r["mfa_active"].lower() == "false" for r in rows)
summary = subprocess.run(["keywarden", "audit", "big.csv", "--as-of", "2026-11-01", "-f", "summary"],
                         capture_output=True, text=True).stdout
print("user-mfa-enabled,fail,%d" % fails in summary.split("\n"))
.
