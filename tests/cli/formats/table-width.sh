# No line of the table is wider than 100 columns, and none holds a control character. A quoted word
# of a command is never broken: it may stand alone on a longer line.
for options in "" "--all"; do
    # shellcheck disable=SC2086 # words
    keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 $options >out.txt || true
    python3 -c '
import unicodedata
lines = open("out.txt", encoding="utf-8").read().split("\n")
width = lambda s: sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in s)
is_word = lambda s: s.strip().startswith("\"") and s.count("\"") == 2
print(max(width(line) for line in lines if not is_word(line)) <= 100,
      any(unicodedata.category(c) in ("Cc", "Cf") for line in lines for c in line))'
done
