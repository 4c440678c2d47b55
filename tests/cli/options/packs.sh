# --pack, --rules, and both. A file under other ids gives the pack's answers.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> mfa_active=true
alice password_enabled=true password_last_used=2026-10-31T00:00:00Z
.
cat >mine.yaml <<'.'
- id: mine
  severity: info
  rule: IAMUser should have MFAActive
.
audit() { run keywarden audit report.csv --as-of 2026-11-01 -f summary "$@"; }
ids() { audit "$@" | cut -d, -f1 | uniq | tr '\n' ' '; echo; }
ids --rules mine.yaml
ids --pack keywarden --rules mine.yaml
ids --rules mine.yaml --pack keywarden
ids
audit --pack keywarden >pack
sed 's/^- id: /&my-/' "$EXAMPLES/../rules/keywarden.yaml" >copy.yaml
audit --rules copy.yaml | sed 's/^my-//' | cmp - pack && echo "a copy: the same"
echo "a pack named twice loads once:"
audit --pack keywarden --pack keywarden | cmp - pack
keywarden rule list --pack keywarden --pack keywarden | cmp - <(keywarden rule list)
echo "two of one id are an error:"
audit --rules mine.yaml --rules mine.yaml
audit --pack keywarden --rules "$EXAMPLES/../rules/keywarden.yaml" 2>&1 | sed "s,$EXAMPLES/,,"
audit --pack keywardn
audit --pack no-such-thing-anywhere
audit --rules no-such-file.yaml
audit --rules .
