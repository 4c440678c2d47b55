# The oldest layout knows nothing of the last use of keys. What needs it is unknown: root's key may
# have been used yesterday, alice's key may be idle. What is known still decides: her password is idle,
# which fails user-credentials-used whatever the key did, but user-used needs both.
cat >report.csv <<'.'
user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_2_active,access_key_2_last_rotated,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated
<root_account>,arn:aws:iam::111122223333:root,2012-05-01T10:00:00Z,not_supported,2026-09-01T08:00:00Z,not_supported,not_supported,true,false,N/A,false,N/A,false,N/A,false,N/A
alice,arn:aws:iam::111122223333:user/alice,2020-01-01T00:00:00Z,true,2026-01-15T12:00:00Z,2020-01-01T00:00:00Z,N/A,true,true,2026-10-01T00:00:00Z,false,N/A,false,N/A,false,N/A
.
. "$CASES/../lib.sh"
verdicts report.csv
