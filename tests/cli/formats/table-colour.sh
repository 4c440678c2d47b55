# Colour only when asked for, off a terminal: what it adds are style sequences and nothing else.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 >plain.txt || true
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --color always >colour.txt || true
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --color never >never.txt || true
cmp plain.txt never.txt && echo "never: the same"
grep -q "$(printf '\033')" colour.txt && echo "always: coloured"
sed 's/\x1b\[[0-9;]*m//g' colour.txt | cmp - plain.txt && echo "always: the same text"
