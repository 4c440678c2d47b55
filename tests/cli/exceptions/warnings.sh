# What is right but unwise: no ticket, everything covered, one exception behind another that covers
# all of it. --strict makes errors of warnings.
. "$CASES/../lib.sh"
cat >e.yaml <<'.'
- {control: "*", arn: "*", owner: o, reason: r, ticket: t, expires: 2027-01-01}
- {control: user-mfa-enabled, user: ada, owner: o, reason: r, expires: 2027-01-01}
- {control: user-mfa-enabled, user: ada, owner: o, reason: r, ticket: t, expires: 2027-01-02}
- {control: user-*, user: [b*, c], owner: o, reason: r, ticket: t, expires: 2028-01-01}
- {control: user-mfa-enabled, user: [bob, c], owner: o, reason: r, ticket: t, expires: 2027-06-01}
- {control: user-mfa-enabled, user: [bob, d], owner: o, reason: r, ticket: t, expires: 2027-06-01}
- {control: user-*, user: e, not: [{account: "1*"}], owner: o, reason: r, ticket: t, expires: 2027-06-01}
- {control: user-used, user: e, owner: o, reason: r, ticket: t, expires: 2027-06-01}
.
run keywarden exception lint e.yaml --as-of 2026-11-01 2>&1
run keywarden exception lint e.yaml --as-of 2026-11-01 --strict 2>/dev/null
printf -- '- {control: user-used, user: e, owner: o, reason: r, ticket: t, expires: 2027-06-01}\n' >good.yaml
run keywarden exception lint good.yaml --as-of 2026-11-01 --strict
run keywarden exception lint good.yaml --as-of 2026-11-01 --quiet
