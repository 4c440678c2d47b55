# Known controls: those of all packs, or of the packs named, and those of rule files.
. "$CASES/../lib.sh"
entry() {
    printf -- '- {control: %s, user: u, owner: o, reason: r, ticket: t, expires: 2027-06-01}\n' "$1"
}
printf -- '- {id: mine, rule: IAMUser should have MFAActive}\n' >rules.yaml
entry mine >mine.yaml
entry user-used >used.yaml
lint() {
    run keywarden exception lint "$@" 2>&1
}
lint mine.yaml used.yaml --as-of 2026-11-01
lint mine.yaml used.yaml --rules rules.yaml --as-of 2026-11-01
lint used.yaml --pack keywarden --as-of 2026-11-01
lint used.yaml --pack keywardn
lint used.yaml --rules nothing.yaml
lint nothing.yaml used.yaml --as-of 2026-11-01
lint used.yaml --as-of 2027-06-01T23:59:59Z
lint used.yaml --as-of 2027-06-02
lint used.yaml --as-of tomorrow
lint
