# What rules may name. Each attribute of a user, its type, where it comes from, and its column.
. "$CASES/../lib.sh"
run keywarden rule schema
run keywarden rule schema iamuser
for entity in AWS Account IAMGroup IAMPasswordPolicy IAMPolicy IAMRole Organization ServerCertificate; do
    keywarden rule schema $entity | head -n 2
done
run keywarden rule schema IAMUsers
run keywarden rule schema zebra
