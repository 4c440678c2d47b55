# bash completion for keywarden; what fits is keywarden's own answer.
_keywarden() {
    local words=() candidates i line current

    # Readline cuts words at '='; keywarden wants --name=value in one.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        if ((i > 1)) && [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == = ]]; then
            words[-1]+=${COMP_WORDS[i]}
        else
            words+=("${COMP_WORDS[i]}")
        fi
    done
    current=${words[-1]}
    COMPREPLY=()
    mapfile -t candidates < <(keywarden __complete -- "${words[@]}" 2>/dev/null)
    for line in "${candidates[@]}"; do
        if [[ $line == :files ]]; then
            compopt -o default # readline's own completion of names
            continue
        fi
        line=${line%%$'\t'*}
        [[ $current != --*=* ]] || line=${line#*=}
        COMPREPLY+=("$line")
    done
}
complete -F _keywarden keywarden
