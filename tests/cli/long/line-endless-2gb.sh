# A line of 2 GB, with a good row before and after it: judged, named, and in at most 64 MB of memory.
echo 'IAMUser should have MFAActive' >rules.txt
row() { echo "$1,arn:aws:iam::111122223333:user/$1,false"; }
audit() {
    python3 -c '
import resource, subprocess, sys
done = subprocess.run(["keywarden", *sys.argv[1:]])
print("exit code", done.returncode)
print("memory: at most 64 MB" if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= 64 << 10
      else "memory: too much")' audit - --rules rules.txt --as-of 2026-11-01 -f csv -o out
    cat out
    rm out
}
endless() { head -c 2147483648 /dev/zero | tr '\0' x; }
{ echo user,arn,mfa_active; row alice; endless; echo; row bob; } | audit
{ echo user,arn,mfa_active; row alice; printf '"'; endless; echo; row bob; } | audit
{ endless; echo; row bob; } | audit
