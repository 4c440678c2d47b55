# China and GovCloud write other partitions; the account is the one of the arn, path or not.
cat >report.csv <<'.'
user,arn,mfa_active
<root_account>,arn:aws-cn:iam::222233334444:root,false
alice,arn:aws-cn:iam::222233334444:user/team/a/alice,false
bob,arn:aws-us-gov:iam::333344445555:user/bob,false
.
cat >rules.txt <<'.'
IAMUser where RootUser or Name eq "alice" or Name eq "bob" should have MFAActive
.
keywarden audit report.csv --rules rules.txt --as-of 2026-11-01 -f csv --fail-on never
