# Nothing changed: of a file and itself, plain and packed, by name and through a pipe.
. "$CASES/../lib.sh"
run keywarden diff "$EXAMPLES/organization" "$EXAMPLES/organization" \
    --as-of-old 2026-11-01 --as-of-new 2026-11-01 -q
gzip -dc <"$EXAMPLES/organization/shop.csv.gz" >shop.csv
times=(--as-of-old 2026-11-01 --as-of-new 2026-11-01)
for format in csv markdown; do
    run keywarden diff "$EXAMPLES/organization/shop.csv.gz" - "${times[@]}" -f $format <shop.csv
done
run keywarden diff shop.csv shop.csv "${times[@]}" -f json
