# Whatever the configuration names is tried; what is broken there is exit code 3.
. "$CASES/doctor-lib"
configuration() {
    doctor "$@" | sed -n '/^CONFIGURATION/,/^$/p; /^exit code/p; /^[0-9]/p'
}
mkdir conf
cat >conf/keywarden.conf <<'.'
color = never
[audit]
pack = keywarden
pack = cis-3.0
rules = mine.yaml
exceptions = exceptions.yaml
baseline = baseline.csv
accounts = accounts.csv
param = mine.days=3
output = not-there-yet.csv
[rule test]
rules = mine.yaml
[rule explain]
entity = entity.json
.
echo '- {id: mine, params: {days: 1}, rule: "IAMUser should have age(CreationDate) gt $days days"}' >conf/mine.yaml
cat >conf/exceptions.yaml <<'.'
- {control: mine, user: alice, owner: o, reason: r, ticket: T-1, expires: 9999-12-31}
.
echo 'account,user,control,status,severity,evidence' >conf/baseline.csv
echo 'account,organization,standalone,created,iam_users,rds,s3,ec2,cloudtrail' >conf/accounts.csv
echo '{}' >conf/entity.json
echo "# all is well"
configuration --config conf/keywarden.conf
configuration KEYWARDEN_CONFIG=conf/keywarden.conf | head -n 2
echo "# something is not there"
rm conf/baseline.csv conf/entity.json
configuration --config conf/keywarden.conf
echo "# rules that are none, a pack that is none, and exceptions that do not hold"
echo '- {id: mine, rule: IAMUser should have MFAActiv}' >conf/mine.yaml
echo '- {control: nope, user: alice, owner: o, reason: r, expires: 2020-01-01}' >conf/exceptions.yaml
sed -i 's/cis-3.0/cis-3.1/; /baseline/d; /entity/d' conf/keywarden.conf
configuration --config conf/keywarden.conf
echo "# exceptions that cannot be read as such"
printf '[audit]\nexceptions = exceptions.yaml\n' >conf/keywarden.conf
echo '- {control: nope}' >conf/exceptions.yaml
configuration --config conf/keywarden.conf
echo "# what fits alone but not together"
printf '[audit]\nparam = nope.days=3\n' >conf/keywarden.conf
configuration --config conf/keywarden.conf
printf '[audit]\ncompare = prowler\npack = keywarden\n' >conf/keywarden.conf
configuration --config conf/keywarden.conf
printf '[audit]\ncompare = prowler\n' >conf/keywarden.conf
configuration --config conf/keywarden.conf
echo "# a file that is wrong, or not to be trusted, does not stop the doctor"
printf '[audit]\nfail_on = high\n' >keywarden.conf
chmod 600 keywarden.conf
configuration
chmod 666 keywarden.conf
configuration
configuration --no-config
mkdir -p home/.config/keywarden
mv keywarden.conf home/.config/keywarden/keywarden.conf
configuration HOME="$PWD/home"
echo '# nothing' >home/.config/keywarden/keywarden.conf
configuration HOME="$PWD/home"
