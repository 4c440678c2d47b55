# The bash script turns what keywarden offers into what readline takes: words behind '=' alone, and
# names of files by readline itself.
. "$CASES/../../../completions/keywarden.bash"
compopt() { echo "compopt $*"; }
at() {
    COMP_WORDS=(keywarden "$@")
    COMP_CWORD=$#
    _keywarden
    echo "[$*] ${COMPREPLY[*]}"
}
at a
at rule ''
at rule fmt --c
at audit --format ''
at audit --format = ''
at audit --format = j
at audit --strict =
at audit re
at rule schema S
at audit -o ''
