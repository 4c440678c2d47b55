# Each kind of error: line, column, a caret under the place, and the nearest name where one is near.
while IFS= read -r rule; do
    printf '%s\n' "$rule" >r.txt
    keywarden rule check r.txt 2>&1 | grep -v '1 rule, 1 wrong'
done <<'.'
IAMUsr should have MFAActive
IAMUser shouxld have MFAActive
IAMUser should havx MFAActive
IAMUser should
IAMUser
IAMUser should have
IAMUser should have MFAActiv
IAMUser should have Password.LastUsed is never
IAMUser should have Password.LastUsedTime.Year eq 1
IAMUser should have Columns
IAMUser should have AccessKey with [ Actiive ]
IAMUser should have AccessKey with [ Active
IAMUser should have AccessKey with Active
IAMUser should have (MFAActive
IAMUser should have MFAActive)
IAMUser should have MFAActive eq
IAMUser should have MFAActive eq "true"
IAMUser should have Name eq 5
IAMUser should have Name
IAMUser should have Name gt "a"
IAMUser should have Name like "("
IAMUser should have Name like Name
IAMUser should have Name eq "open
IAMUser should have Name in ()
IAMUser should have Name in ("a" "b")
IAMUser should have CreationDate isLaterThan(-1)
IAMUser should have CreationDate isLaterThan(-1, "fortnights")
IAMUser should have CreationDate isLaterThn(-1, "days")
IAMUser should have MFAActive isLaterThan(-1, "days")
IAMUser should have age(MFAActive) gt 5 days
IAMUser should have age(CreationDate) gt 5
IAMUser should have agee(CreationDate) gt 5 days
IAMUser should have CreationDate + CreationDate gt 5 days
IAMUser should have now - "yesterday" gt 5 days
IAMUser should have now - Name gt 5 days
IAMUser should have AccessKey len() gt "a"
IAMUser should have MFAActive len() gt 0
IAMUser should have atleast two AccessKey with [ Active ]
IAMUser should have some AccessKey with [ Active ]
IAMUser should have ..MFAActive
IAMUser should have AccessKey with [ ....Name eq "a" ]
IAMUser should have $days gt 1
let x = MFAActive IAMUser should have y
IAMUser should have MFAActive is nevr
IAMUser should have MFAActive @ 1
IAMUser should have MFAActive IAMUser should have MFAActive
IAMUser should have MFAActive and
IAMUser where should have MFAActive
should have MFAActive
IAMUser should have 99999999999999999999 gt 1
.
python3 -c 'print("IAMUser should have " + "not " * 10000 + "MFAActive")' >r.txt
keywarden rule check r.txt 2>&1 | cut -c1-200
python3 -c 'print("IAMUser should have " + "(" * 10000 + "MFAActive" + ")" * 10000)' >r.txt
keywarden rule check r.txt 2>&1 | cut -c1-200
python3 -c 'print("IAMUser should have " + "MFAActive and " * 100000 + "MFAActive")' >r.txt
keywarden rule check r.txt 2>&1 | cut -c1-200
