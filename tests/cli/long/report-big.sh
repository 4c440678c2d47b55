# A report of 1 GB in at most 64 MB of memory, plain and packed, to the same figures.
python3 "$CASES/../options/reports.py" big 1024 big.csv
measure() {
    python3 -c '
import resource, subprocess, sys
subprocess.run(["keywarden", "audit", sys.argv[1], "--as-of", "2026-11-01", "-f", "summary"],
               stdout=open(sys.argv[2], "wb"), stderr=subprocess.DEVNULL)
print("memory: at most 64 MB" if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= 64 << 10
      else "memory: too much")' "$1" "$2"
}
measure big.csv plain.out
gzip -1 <big.csv >big.gz
measure big.gz packed.out
cmp plain.out packed.out && wc -l <plain.out
