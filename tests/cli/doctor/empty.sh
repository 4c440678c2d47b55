# A machine with nothing on it: no variables at all, no home, no terminal. Nothing is broken.
. "$CASES/doctor-lib"
doctor
doctor --format json >json
cat json
head -n 1 json | python3 -m json.tool >/dev/null
