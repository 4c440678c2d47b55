# One file is read: --config, else $KEYWARDEN_CONFIG, else ./keywarden.conf, else the user's own; each
# hides the ones behind it. --no-config reads none.
. "$CASES/../lib.sh"
report >report.csv <<<'alice mfa_active=false'
audit() { keywarden audit report.csv --as-of 2026-11-01 "$@" 2>&1 | head -n 1; }
mkdir -p home/.config/keywarden xdg/keywarden
put() { printf '[audit]\nformat = %s\n' "$2" >"$1"; }
export HOME=$PWD/home
echo "none: $(audit)"
put home/.config/keywarden/keywarden.conf csv
echo "home: $(audit)"
echo "no file: $(audit --no-config)"
put xdg/keywarden/keywarden.conf summary
echo "XDG_CONFIG_HOME: $(XDG_CONFIG_HOME=$PWD/xdg audit)"
echo "relative, ignored: $(XDG_CONFIG_HOME=xdg audit)"
echo "empty, ignored: $(XDG_CONFIG_HOME='' audit)"
put keywarden.conf summary
echo "folder: $(audit)"
put environment.conf csv
echo "KEYWARDEN_CONFIG: $(KEYWARDEN_CONFIG=environment.conf audit)"
echo "KEYWARDEN_CONFIG, empty: $(KEYWARDEN_CONFIG='' audit)"
echo "KEYWARDEN_CONFIG, not there: $(KEYWARDEN_CONFIG=none.conf audit)"
put option.conf jsonl
echo "--config: $(KEYWARDEN_CONFIG=environment.conf audit --config option.conf | cut -c 1-30)"
echo "--config, not there: $(audit --config none.conf)"
echo "--config, empty: $(audit --config=)"
echo "both: $(audit --config option.conf --no-config)"
echo "--no-config: $(KEYWARDEN_CONFIG=environment.conf audit --no-config)"
rm keywarden.conf
echo "home of nobody: $(HOME='' audit)"
