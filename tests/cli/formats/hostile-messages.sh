# Messages quote input too: file names, cells and user names are escaped there as well.
name=$(printf 'esc\033[31m\nfile.csv')
printf 'user,arn,mfa_active\n\033]0;x\007,arn:aws:iam::111122223333:user/x,\033[31mmaybe\n' >"$name"
printf '\033]0;x\007,arn:aws:iam::111122223333:user/x,true\n' >>"$name"
echo 'IAMUser should have MFAActive' >rules.txt
run() { "$@" || echo "exit code $?"; }
run keywarden audit "$name" --rules rules.txt --as-of 2026-11-01 -f summary
run keywarden audit "$(printf 'gone\033[31m')" --as-of 2026-11-01 -f summary
run keywarden audit "$name" --format "$(printf '\033[31m')"
