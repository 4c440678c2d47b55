# AWS Config's managed rules on a small report, and with its parameters by their published names.
. "$CASES/../lib.sh"
report >report.csv <<'.'
<root_account> password_enabled=false mfa_active=false
alice password_enabled=true password_last_used=2026-09-17T00:00:00Z
    password_last_changed=2020-01-01T00:00:00Z mfa_active=true
bob access_key_1_active=true access_key_1_last_rotated=2026-08-02T23:59:59Z
    access_key_1_last_used_date=2026-10-31T00:00:00Z
.
audit() { run keywarden audit report.csv --pack aws-config --as-of 2026-11-01 "$@"; }
audit --format summary
audit --format csv --param access-keys-rotated.maxAccessKeyAge=91 \
    --param iam-user-unused-credentials-check.maxCredentialUsageAge=45 | grep -v 'not collected'
audit --param iam-user-unused-credentials-check.days=45
# A parameter that AWS has as true or false is 1 or 0.
boundary='{"Type": "Customer Managed", "PermissionsBoundaryUsageCount": 1, "Permissions":
    {"Statements": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]}}'
printf '%s\n' "$(tr -d '\n' <<<"$boundary")" iam-policy-no-statements-with-admin-access \
    not-applicable >boundary.test
for value in 0 1; do
    run keywarden rule test --pack aws-config boundary.test \
        --param "iam-policy-no-statements-with-admin-access.excludePermissionBoundaryPolicy=$value"
done
