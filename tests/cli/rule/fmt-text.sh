# One layout for all: keywords small, long rules broken, blank lines and remarks between rules where
# they were, a remark inside a rule before it. Formatting it again changes nothing.
cat >r.txt <<'.'
# Root.
iamuser WHERE rootuser EQ true   should not have AccessKey with [ Active and LastUsedTime isLaterThan(-1,"days") ] # behind

# Two
# lines.
IAMUser SHOULD   have ( ( MFAActive ) ) and not ( Password . Enabled EQ True ) or ( Name in ("a","b") and ( Name like "x" ) )
let old = age(CreationDate)>90   days
IAMUser should not have old # trailing
IAMUser
    # in the middle
    should have every AccessKey with [ Active ] and atleast one AccessKey with [ not Active ] and exactly 2 AccessKey with [ Active ] and no AccessKey with [ LastUsedTime is never ]
IAMUser should not have Password . LastUsedTime isEarlierThan ( -90 , “days” )


# The end.
.
keywarden rule fmt r.txt
keywarden rule fmt r.txt >once.txt
keywarden rule fmt once.txt | cmp - once.txt && echo "a fixed point"
