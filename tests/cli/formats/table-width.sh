# No line of the table is wider than 100 columns, and none holds a control character.
for options in "" "--all"; do
    # shellcheck disable=SC2086 # words
    keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 $options >out.txt || true
    python3 -c '
import unicodedata
lines = open("out.txt", encoding="utf-8").read().split("\n")
width = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
print(max(width(line) for line in lines) <= 100,
      any(unicodedata.category(c) in ("Cc", "Cf") for line in lines for c in line))'
done
