# The example configuration is right, and changes what it says it changes.
cp "$EXAMPLES/keywarden.conf" .
chmod 600 keywarden.conf
keywarden rule list | grep '^[^ ]'
audit() { keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format summary "$@"; }
audit >with || echo "exit code $?"
audit --no-config --fail-on never >without
grep -c '^cis-3.0-' with
diff without <(grep -v "^cis" with) || true
