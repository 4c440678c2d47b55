# shellcheck shell=bash
# harness.sh: runs the parts of a test run one after the other, counts, and keeps their logs.
# Sourced, from the top of the tree, by scripts/test, scripts/test-long, scripts/lint and .ci/run.
#
#   part NAME COMMAND...   runs a part; its output goes to build/log/NAME.log, its end to the screen
#                          where it fails
#   finish                 prints `N passed, N failed`, alone on the last line; false if any failed
#
# How a part is counted: a closing line `N passed, N failed` of its own; else what meson says about
# its tests; else one. A part that counts and counted nothing has failed, and so has one whose exit
# code and count disagree.

# The configuration of whoever runs the tests is none of theirs.
export KEYWARDEN_CONFIG=/dev/null

passed_total=0
failed_total=0

# Prints "passed failed" for a log, nothing where the log does not count.
count_tests() {
    awk '
        /^([A-Za-z]+: )?[0-9]+ passed, [0-9]+ failed/ {
            sub(/^[A-Za-z]+: /, ""); passed = $1; failed = $3; counted = 1
        }
        /^No (suitable )?tests defined/ { meson = 1 }
        # meson: "2/7 name   OK   0.02s   11 subtests passed", "FAIL  0.1s  10/11 subtests passed"
        /^ *[0-9]+\/[0-9]+ .* (OK|FAIL|TIMEOUT|ERROR) +[0-9.]+s/ {
            if (seen[$1]++) next # its summary names failures a second time
            meson = 1; tap = 0
            if (match($0, /[0-9]+(\/[0-9]+)? subtests passed/)) {
                split(substr($0, RSTART, RLENGTH), word, /[ \/]/)
                tap = word[1]
                all = (word[2] ~ /^[0-9]+$/) ? word[2] : word[1]
                m_passed += tap; m_failed += all - tap
                if (all == tap && $0 !~ / OK /) m_failed++
                if (all == 0) m_failed++
            } else if ($0 ~ / OK /) m_passed++
            else m_failed++
        }
        END {
            if (counted) print passed, failed
            else if (meson) print m_passed + 0, m_failed + 0
        }' "$1"
}

part() {
    local name=$1 log begin end status=0 counts passed failed seconds
    shift
    mkdir -p build/log
    log=build/log/$(printf '%s' "$name" | tr -c 'A-Za-z0-9._-' '-').log
    begin=$(date +%s%N)
    "$@" >"$log" 2>&1 </dev/null || status=$?
    end=$(date +%s%N)
    counts=$(count_tests "$log")
    if [ -n "$counts" ]; then
        passed=${counts% *} failed=${counts#* }
        if [ "$passed" -eq 0 ] && [ "$failed" -eq 0 ]; then
            echo "harness: this part ran no test" >>"$log"
            failed=1
        fi
        if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
            failed=1
        fi
        if [ "$status" -eq 0 ] && [ "$failed" -gt 0 ]; then
            status=1
        fi
    elif [ "$status" -eq 0 ]; then
        passed=1 failed=0
    else
        passed=0 failed=1
    fi
    passed_total=$((passed_total + passed))
    failed_total=$((failed_total + failed))
    seconds=$(awk -v ns=$((end - begin)) 'BEGIN { printf "%.1f", ns / 1e9 }')
    if [ "$status" -eq 0 ]; then
        printf 'ok    %-36s %7d tests %7s s\n' "$name" "$passed" "$seconds"
    else
        printf 'FAIL  %-36s %7d failed, exit code %d, %s s; the end of %s:\n' \
            "$name" "$failed" "$status" "$seconds" "$log"
        tail -n 40 "$log" | sed 's/^/    | /'
    fi
    return 0
}

# Calls part for each Python test of a folder, test_*.py; other files there are what they import.
# Usage: LABEL FOLDER [WORDS BEFORE python3...]. A folder without a test is a failure, a missing
# folder is not.
part_python() {
    local label=$1 folder=$2 file
    shift 2
    [ -d "$folder" ] || return 0
    for file in "$folder"/test_*.py; do
        # Without a match the pattern itself is run, and fails.
        part "$label $(basename "${file%.py}")" "$@" python3 "$file"
    done
}

# The same for the property programs, given the build directory that holds them.
part_property() {
    local label=$1 build=$2 file name
    shift 2
    [ -d tests/property ] || return 0
    for file in tests/property/*.c; do
        name=$(basename "${file%.c}")
        part "$label $name" "$@" "$build/tests/property_$name"
    done
}

finish() {
    echo
    echo "$passed_total passed, $failed_total failed"
    [ "$failed_total" -eq 0 ]
}
