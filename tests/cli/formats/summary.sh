# The example organization as summary.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format summary
