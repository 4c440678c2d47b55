# The example organization as table. No terminal: 100 columns, no colour.
keywarden audit "$EXAMPLES/organization" --as-of 2026-11-01 --format table
