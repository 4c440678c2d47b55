# What is wrong with a configuration is an error with its place, whatever the command: exit code 3.
. "$CASES/../lib.sh"
report >report.csv <<<'alice mfa_active=false'
try() {
    printf "$1" >my.conf
    echo "--- $1"
    run keywarden audit report.csv --as-of 2026-11-01 --config my.conf -f summary -q 2>&1 | tail -n 4
}
try 'fromat = csv'
try '[audit]\nfromat = csv'
try '[audit]\n  packs = true'
try '[rule list]\nformat = csv'
try '[audti]\n'
try '[rule]\n'
try '[rule lst]\n'
try '[xyzzy]\n'
try '[help]\nall = true'
try 'config = other.conf'
try 'help = true'
try 'f = csv'
try '[audit]\nall'
try '[audit]\nall = yes'
try '[audit]\nall ='
try '[audit]\nall = true\nall = true'
try '[audit]\njobs = 1\n\n[audit]\njobs = 2'
try '[audit]\njobs = 1\n    2'
try '[rule list]\npacks = 1'
try 'jobs = \033[1m'
try '[audit'
try '\377'
echo "--- too many"
yes 'pack = keywarden' | head -n 1001 >my.conf
run keywarden audit report.csv --config my.conf
echo "--- too large"
yes '# padding' | head -c 1048577 >my.conf
run keywarden audit report.csv --config my.conf
echo "--- a value that the command refuses"
printf 'color = never\n[audit]\nfail-on = hihg\njobs = 1\n' >my.conf
run keywarden audit report.csv --config my.conf --jobs 2
echo "--- a broken file keeps nobody from the manual"
echo broken >keywarden.conf
run keywarden version
run keywarden rule schema | head -n 1
keywarden help audit | head -n 3
run keywarden audit report.csv
run keywarden audit report.csv --no-config --as-of 2026-11-01 -f summary | head -n 1
