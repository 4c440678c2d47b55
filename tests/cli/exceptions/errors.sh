# Each kind of error: place, caret, and what to do about it. An audit stops at the first.
rest='  owner: o
  reason: r
  ticket: t
  expires: 2027-01-01'
check() {
    printf '%s\n' "$1" >e.yaml
    run keywarden exception lint e.yaml --as-of 2026-11-01 2>&1 | grep -v '^e.yaml: 1 exc.*0 err.*0 war'
}
. "$CASES/../lib.sh"
check "- kontrol: x
  user: u
$rest"
check "- control: user-mfa-enable
  user: u
$rest"
check "- control: user-mfa-enabled-*
  user: u
$rest"
check "- control: [user-mfa-enabled, nonsense]
  user: u
$rest"
check "- control: user-mfa-enabled
$rest"
check "- control: user-mfa-enabled
  user: u"
check "- control: user-mfa-enabled
  user: u
  owner: o
  reason: r
  ticket: t
  expires: 2026-02-30"
check "- control: user-mfa-enabled
  user: u
  owner: o
  reason: r
  ticket: t
  expires: 2026-10-31"
check "- control: user-mfa-enabled
  account: 12345678901
$rest"
check "- control: user-mfa-enabled
  arn: ada
$rest"
check "- control: user-mfa-enabled
  user: *
$rest"
check "- control: user-mfa-enabled
  user: u
  user: v
$rest"
check "- control: user-mfa-enabled
  not: {user: v}
$rest"
check "- control: user-mfa-enabled
  or:
    - usr: v
$rest"
check "- control: user-mfa-enabled
  user: []
$rest"
check "control: x"
check "- x"
check ""
printf -- '- control: a\n  user: u\n- kontrol: b\n' >e.yaml
printf 'user,arn\n' >report.csv
run keywarden audit report.csv --exceptions e.yaml
