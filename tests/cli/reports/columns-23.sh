# The documented 23rd column is read like any other that no control needs.
cat >report.csv <<'.'
user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated,additional_credentials_info
<root_account>,arn:aws:iam::111122223333:root,2012-05-01T10:00:00Z,false,N/A,N/A,not_supported,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,N/A
bob,arn:aws:iam::111122223333:user/bob,2020-01-01T00:00:00Z,false,N/A,N/A,N/A,true,true,2026-10-01T00:00:00Z,2026-10-31T00:00:00Z,us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A,1 more access key: ListAccessKeys
.
. "$CASES/../lib.sh"
verdicts report.csv
cat >rules.txt <<'.'
IAMUser should not have Columns.additional_credentials_info like "more access key"
.
verdicts report.csv --rules rules.txt
