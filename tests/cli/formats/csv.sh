# The example organization as csv.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format csv
