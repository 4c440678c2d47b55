# What the command line cannot mean.
try() {
    code=0
    keywarden trail scan "$@" || code=$?
    echo "exit code $code"
}
try
try . --format html
try . --memory none
try . --memory 0
try . --since 2026-03-02 --until 2026-03-01
try . --since yesterday
try . --account 12
try . --fail-on some
try . --min-level some
try . --pack keywarden
try . --rules nowhere.yml
try s3:// --quiet
try s3://a s3://b
try s3://a .
try .
keywarden trail
