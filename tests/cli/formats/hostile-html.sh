# No name becomes markup, a control character or a change of direction.
python3 "$CASES/hostile.py"
keywarden audit report.csv --rules rules.yaml --as-of 2026-11-01 --fail-on never -f html -o page.html
python3 "$CASES/html-check.py" page.html
grep -c -i -e '<script>alert' -e '<img' page.html
python3 -c '
import unicodedata
text = open("page.html", encoding="utf-8").read()
print({unicodedata.category(c) for c in text if c != "\n" and unicodedata.category(c)[0] == "C"})'
