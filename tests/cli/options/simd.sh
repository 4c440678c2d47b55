# The same for small reports of every shape.
python3 "$CASES/reports.py" 60 fleet
for format in csv table; do
    for simd in scalar avx2 avx512; do
        keywarden audit fleet --as-of 2026-11-01 --simd $simd --all -f $format >out.$simd 2>&1 || true
    done
    cmp out.scalar out.avx2 && cmp out.scalar out.avx512 && [ -s out.scalar ] && echo "$format: the same"
done
keywarden audit fleet --as-of 2026-11-01 --simd mmx -f summary
