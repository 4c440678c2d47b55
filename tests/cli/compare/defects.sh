# One account for each defect that a credential report can show: what they would have said, and why.
columns=user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed
columns+=,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date
columns+=,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date
old=2015-01-01T00:00:00Z
root() { # ACCOUNT CELLS
    printf '%s\n<root_account>,arn:aws:iam::%s:root,%s,%s\n' "$columns" "$1" "$old" "$2" >"$1.csv"
}
user() { # ACCOUNT NAME CELLS
    echo "$2,arn:aws:iam::$1:user/$2,$old,$3" >>"$1.csv"
}
none=false,N/A,N/A
# Root's key was used two hours before, its password years ago.
root 000000000001 "true,2019-01-01T00:00:00Z,$old,true,true,$old,2026-10-31T22:00:00Z,$none"
# The same without a password.
root 000000000002 "false,N/A,N/A,true,true,$old,2026-10-31T22:00:00Z,$none"
# An old report: root's password is not supported, and there is no MFA.
root 000000000003 "not_supported,no_information,not_supported,false,$none,$none"
# Root was used a day and a half before.
root 000000000004 "true,2026-10-30T12:00:00Z,$old,true,$none,$none"
# Root's key was last used years ago, and is inactive.
root 000000000005 "true,no_information,$old,true,false,$old,2018-01-01T00:00:00Z,$none"
# Never used: a password and a key of 2016; and made a week ago.
root 000000000006 "false,N/A,N/A,false,$none,$none"
user 000000000006 never "true,no_information,2016-01-01T00:00:00Z,true,true,2016-01-01T00:00:00Z,N/A,$none"
user 000000000006 new "true,no_information,2026-10-25T00:00:00Z,true,true,2026-10-25T00:00:00Z,N/A,$none"
# Key 1 is inactive, key 2 idle.
user 000000000006 second "false,N/A,N/A,false,false,$old,N/A,true,$old,2020-01-01T00:00:00Z"
# One active key; and the keys of bobby are not bob's.
user 000000000006 bob "false,N/A,N/A,false,true,2026-10-01T00:00:00Z,2026-10-30T00:00:00Z,$none"
user 000000000006 bobby "false,N/A,N/A,false,true,2026-10-01T00:00:00Z,2026-10-30T00:00:00Z,$none"
# Key 2 was used two hours before, key 1 years ago, and there was no sign-in.
root 000000000007 "true,no_information,$old,true,true,$old,2018-01-01T00:00:00Z,true,$old,2026-10-31T22:00:00Z"
# A key was used two hours before, and deactivated since.
root 000000000008 "true,2019-01-01T00:00:00Z,$old,true,false,$old,2026-10-31T22:00:00Z,$none"
# A password without MFA, in another partition.
root 000000000009 "true,2019-01-01T00:00:00Z,$old,false,$none,$none"
sed -i s/arn:aws:/arn:aws-cn:/ 000000000009.csv

compare() {
    keywarden audit --compare "$1" . --as-of 2026-11-01 --format csv -q || echo "exit code $?"
}
for system in prowler steampipe security-hub netskope; do
    compare "$system" | cut -d, -f2-8,10-
done
