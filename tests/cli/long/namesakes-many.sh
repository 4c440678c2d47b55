# Users are kept, for the join of Steampipe's that takes two rows, until their report ends: up to a limit
# that is told, and in at most 64 MB of memory.
users() { # COUNT
    awk -v count="$1" 'BEGIN {
        print "user,arn,access_key_1_active,access_key_2_active"
        for (i = 1; i <= count; i++)
            printf "u_%d.,arn:aws:iam::111122223333:user/u_%d.,true,false\n", i, i
        print "u_1,arn:aws:iam::111122223333:user/u_1,true,false"
    }'
}
compare() {
    python3 -c '
import resource, subprocess, sys
done = subprocess.run(["keywarden", *sys.argv[1:]])
print("exit code", done.returncode)
print("memory: at most 64 MB" if resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= 64 << 10
      else "memory: too much")' audit --compare steampipe - --as-of 2026-11-01 -f csv -o out
    cut -d, -f2,4-8 out | grep one_active
}
users 249999 | compare
users 250000 | compare
