# What a person sees; the exit code says that there is an alert at or above high.
. "$CASES/events.sh.inc"
logs
keywarden trail scan logs
