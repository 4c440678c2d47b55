# A file that lies in the working directory chooses options for whoever works there: it must be
# theirs or root's, with nobody else writing to it, and may not say where to write.
. "$CASES/../lib.sh"
report >report.csv <<<'alice mfa_active=false'
audit() { run keywarden audit report.csv --as-of 2026-11-01 "$@" 2>&1 | tail -n 3; }
printf '[audit]\nformat = summary\n' >keywarden.conf
for mode in 644 400 664 646 666; do
    chmod $mode keywarden.conf
    echo "mode $mode:"
    audit
done
echo "named:"
audit --config keywarden.conf
KEYWARDEN_CONFIG=keywarden.conf audit
chmod 600 keywarden.conf
if [ "$(id -u)" -eq 0 ]; then
    chown 12345 keywarden.conf
    audit
    chown 0 keywarden.conf
else
    printf 'keywarden: error: keywarden.conf: belongs to another user\n'
    printf '    make it yours alone, name it with --config if you trust it, or use --no-config\nexit code 3\n'
fi
echo "what is no file:"
rm keywarden.conf
mkfifo keywarden.conf
audit
rm keywarden.conf
mkdir keywarden.conf
audit
rmdir keywarden.conf
ln -s nowhere keywarden.conf
audit
rm keywarden.conf
echo "what is written:"
printf '[audit]\noutput = %s/.profile\n' "$HOME" >keywarden.conf
audit
printf '[rule fmt]\nwrite = true\n' >keywarden.conf
audit
echo "what is written, of any command:"
keywarden | sed -En 's/^  ([a-z]+( [a-z]+)?)  .*/\1/p' | while read -r command; do
    # shellcheck disable=SC2086 # one word or two
    keywarden $command -h | grep -oE -- '--(output|write)[a-z-]*' | sort -u | while read -r option; do
        printf '[%s]\n%s = true\n' "$command" "${option#--}" >keywarden.conf
        echo "$command $option: $(keywarden rule list 2>&1 | head -n 1)"
    done
done
