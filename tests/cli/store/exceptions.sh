# Exceptions are checked before they are kept; the same file again takes the place of the old one.
cat >exceptions.yaml <<'.'
- {id: x, control: root-mfa-enabled, user: ada, owner: o, reason: r, ticket: t, expires: 2030-12-31}
.
sed 's/user: ada/who: ada/' exceptions.yaml >wrong.yaml
. "$CASES/../lib.sh"
run keywarden store import --exceptions exceptions.yaml
sed -i 's/owner: o/owner: p/' exceptions.yaml
run keywarden store import --exceptions exceptions.yaml
run keywarden store import --exceptions wrong.yaml
run keywarden store export out --quiet
cat out/exception_list.csv
