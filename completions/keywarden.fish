# fish completion for keywarden; what fits is keywarden's own answer.
function __keywarden_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (keywarden __complete -- $words[2..] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c keywarden -f -a '(__keywarden_complete)'
