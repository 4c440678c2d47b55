# Unknown options and commands: exit code 2 and the nearest that there is.
echo 'user,arn' >report.csv
for line in 'audi' 'aduit report.csv' 'xyzzy' 'rule chexck' 'rule frobnicate' 'rule -x' 'audit --formt csv' \
    'audit --frobnicate' 'audit -z' 'audit report.csv --as-of' 'audit report.csv --jobs=0' \
    'audit report.csv -j65' 'audit report.csv -j x' 'audit report.csv --format xml' \
    'audit report.csv --fail-on hihg' 'audit report.csv --strict=some' 'audit report.csv --as-of yesterday' \
    'audit report.csv --as-of 2026-02-30' 'audit report.csv --color sometimes' 'audit' 'audit --all=1 report.csv' \
    'audit report.csv --quiet --quiet' 'audit -f csv -f json report.csv' 'rule check' 'rule fmt' \
    'rule explain' 'rule test' 'rule schema IAMUsr' 'rule list --pack cis' 'version --wrong' 'rule'; do
    echo "\$ keywarden $line"
    # shellcheck disable=SC2086 # words
    keywarden $line 2>&1
    echo "exit code $?"
done
