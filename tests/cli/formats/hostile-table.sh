# What a name holds cannot steer a terminal: each byte of it is shown, and long names are cut.
python3 "$CASES/hostile.py"
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never >out.txt
grep '^    111122223333' out.txt
python3 -c '
import unicodedata
text = open("out.txt", encoding="utf-8").read()
print({unicodedata.category(c) for c in text if c != "\n" and unicodedata.category(c)[0] == "C"})'
