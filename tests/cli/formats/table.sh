# The example organization as table. No terminal: 100 columns, no colour. How old the reports are
# depends on the day of the test.
code=0
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 >out.txt || code=$?
sed '/^  age /{N;s/: [^:]* before this audit;.*/: SOME TIME before this audit/}' out.txt
exit $code
