# shellcheck shell=bash
# harness.sh: runs the parts of a test run, counts, and keeps their logs.
# Sourced, from the top of the tree, by scripts/test, scripts/test-long, scripts/lint and .ci/run.
#
#   part NAME COMMAND...   runs a part alone, after those under way; its output goes to
#                          build/log/NAME.log, its end to the screen where it fails
#   beside NAME COMMAND... the same for a part that keeps one processor busy, or waits for servers: one
#                          more at once than there are processors (PARTS=n), told of in the order
#                          they were begun
#   finish                 prints `N passed, N failed`, alone on the last line; false if any failed
#
# How a part is counted: a closing line `N passed, N failed` of its own; else what meson says about
# its tests; else one. A part that counts and counted nothing has failed, and so has one whose exit
# code and count disagree.

# The configuration of whoever runs the tests is none of theirs.
export KEYWARDEN_CONFIG=/dev/null

passed_total=0
failed_total=0
parts_max=${PARTS:-$(($(nproc) + 1))}
under_way=() # names of parts that were begun and not told of yet

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

log_of() { printf 'build/log/%s.log' "$(printf '%s' "$1" | tr -c 'A-Za-z0-9._-' '-')"; }

# Begins a part in the background. Beside its log it leaves its exit code and how long it took.
part_begin() {
    local name=$1 log
    shift
    log=$(log_of "$name")
    mkdir -p build/log
    rm -f "$log.end"
    (
        status=0 begin=$(date +%s%N)
        "$@" >"$log" 2>&1 </dev/null || status=$?
        echo "$status $(($(date +%s%N) - begin))" >"$log.new"
        mv "$log.new" "$log.end"
    ) &
    under_way+=("$name")
}

# Tells of a part that has ended.
part_tell() {
    local name=$1 log status=1 elapsed=0 counts passed failed seconds
    log=$(log_of "$name")
    read -r status elapsed <"$log.end" || true
    rm -f "$log.end"
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
    seconds=$(awk -v ns="$elapsed" 'BEGIN { printf "%.1f", ns / 1e9 }')
    if [ "$status" -eq 0 ]; then
        printf 'ok    %-36s %7d tests %7s s\n' "$name" "$passed" "$seconds"
    else
        printf 'FAIL  %-36s %7d failed, exit code %d, %s s; the end of %s:\n' \
            "$name" "$failed" "$status" "$seconds" "$log"
        tail -n 40 "$log" | sed 's/^/    | /'
    fi
}

# Waits until fewer than so many parts are under way, and tells of those that have ended, in order.
# One that was killed left no end: it has failed.
parts_wait() { # COUNT
    while [ "$(jobs -rp | wc -l)" -ge "$1" ]; do
        wait -n || true
    done
    while [ "${#under_way[@]}" -gt 0 ]; do
        if [ ! -f "$(log_of "${under_way[0]}").end" ]; then
            [ "$1" -eq 1 ] || return 0
            echo '137 0' >"$(log_of "${under_way[0]}").end"
        fi
        part_tell "${under_way[0]}"
        under_way=("${under_way[@]:1}")
    done
}

part() {
    parts_wait 1
    part_begin "$@"
    parts_wait 1
}

beside() {
    parts_wait "$parts_max"
    part_begin "$@"
}

# Runs beside each other the Python tests of a folder, test_*.py; other files there are what they
# import. Usage: LABEL FOLDER [WORDS BEFORE python3...]. A folder without a test is a failure, a
# missing folder is not. With TESTS_NAMING, a regular expression, only tests that it is found in.
part_python() {
    local label=$1 folder=$2 file
    shift 2
    [ -d "$folder" ] || return 0
    for file in "$folder"/test_*.py; do
        # Without a match the pattern itself is run, and fails.
        [ ! -f "$file" ] || grep -qE "${TESTS_NAMING-}" "$file" || continue
        beside "$label $(basename "${file%.py}")" "$@" python3 "$file"
    done
}

# The same for the property programs, given the build directory that holds them.
part_property() {
    local label=$1 build=$2 file name
    shift 2
    [ -d tests/property ] || return 0
    for file in tests/property/*.c; do
        name=$(basename "${file%.c}")
        beside "$label $name" "$@" "$build/tests/property_$name"
    done
}

finish() {
    parts_wait 1
    echo
    echo "$passed_total passed, $failed_total failed"
    [ "$failed_total" -eq 0 ]
}
