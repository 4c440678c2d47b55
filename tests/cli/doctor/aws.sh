# What the AWS CLI would find: names and paths, and no secret anywhere in the output.
. "$CASES/doctor-lib"
aws() {
    doctor "$@" | sed -n '/^AWS/,/^$/p; /^COLLECT/,/^$/p; /^exit code/p'
    grep -l 'SECRET\.' out err
}
mkdir -p home/.aws bin
echo "# no files"
aws HOME="$PWD/home"
echo "# all there is"
printf '#!/bin/sh\ntouch called\n' >bin/aws
chmod +x bin/aws
echo '[default]' >home/.aws/config
printf '[default]\naws_access_key_id = SECRET.\naws_secret_access_key = SECRET.\n' >home/.aws/credentials
chmod 600 home/.aws/credentials
aws HOME="$PWD/home" PATH="$PWD/none:$PWD/bin" AWS_PROFILE=default AWS_REGION=eu-west-1
echo "# others may read the credentials"
chmod 640 home/.aws/credentials
aws HOME="$PWD/home" PATH="$PWD/bin" | grep -A 1 credentials
echo "# keys in the environment"
aws AWS_ACCESS_KEY_ID=SECRET. AWS_SECRET_ACCESS_KEY=SECRET. AWS_SESSION_TOKEN=SECRET.
aws AWS_ACCESS_KEY_ID=SECRET. AWS_SECRET_ACCESS_KEY=SECRET. | grep -A 1 environment
aws AWS_ACCESS_KEY_ID=SECRET. | grep -A 1 environment
aws AWS_SECRET_ACCESS_KEY=SECRET. | grep -A 1 environment
echo "# a role"
aws AWS_WEB_IDENTITY_TOKEN_FILE=SECRET. AWS_ROLE_ARN=SECRET. | grep -A 1 sign-in
echo "# files of other names"
aws HOME="$PWD/home" AWS_CONFIG_FILE="$PWD/home/.aws/config" AWS_SHARED_CREDENTIALS_FILE="$PWD/nothing"
echo "# a program that is none: a folder, and a file that may not run"
mkdir -p folder/aws plain
touch plain/aws
aws PATH="$PWD/folder:$PWD/plain" | grep command
echo "# regions, endpoints and profiles that are not there"
aws AWS_REGION=cn-north-1 AWS_USE_FIPS_ENDPOINT=true AWS_ENDPOINT_URL_STS=http://127.0.0.1:1 | sed -n '/^COLLECT/,$p'
aws AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_REGION=nowhere/else | sed -n '/^COLLECT/,$p'
aws AWS_PROFILE=absent | sed -n '/^COLLECT/,$p'
aws AWS_RETRY_MODE=often | sed -n '/^COLLECT/,$p'
echo "# it was never run"
ls called 2>&1
