# What keywarden offers for the words of a command line up to the cursor.
complete() {
    echo "[$*]"
    keywarden __complete -- "$@"
}
complete ''
complete a
complete rule ''
complete rule sch
complete audit --f
complete audit -
complete audit -x
complete audit --format ''
complete audit -f j
complete audit --format=s
complete audit --pack ''
complete audit --fail-on ''
complete audit --color ''
complete audit --simd ''
complete audit --strict=
complete audit --strict ''
complete audit --rules ''
complete audit --param ''
complete audit --format csv ''
complete audit -- --format ''
complete fix plan --format ''
complete fix ''
complete rule schema IAMP
complete rule list --pack ''
complete rule check ''
complete rule nonsense ''
complete nonsense ''
complete help r
complete help k
complete doctor --format ''
complete simulate --profile ''
complete simulate --out ''
complete audit --conf
complete audit --config ''
complete audit --quiet=
complete version ''
complete
complete trail alarm ''
complete trail alarm plan --format ''
complete trail alarm plan --alarms root,ro
complete trail alarm test --fire=
complete trail alarm nonsense ''
