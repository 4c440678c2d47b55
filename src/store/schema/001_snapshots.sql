-- Accounts, their snapshots, and what each report said.
--
-- What is not known stays apart from what is not there. In columns that come from a cell of the
-- report:
--     a time       seconds since 1970-01-01T00:00:00Z, always above 0
--     1, 0         in a column that ends in _active or _enabled: true, false
--     a text       in a region, a service, and additional_credentials_info
--     NULL         N/A: there is no such credential
--     0            in a time or a text: no_information, which AWS writes for "never"
--     -1           not_supported
--     -2           the report has no such column
--     -3           something that cannot be read (the report itself says what, in raw_reports)
--     -4           no_information where true or false is due
-- A seal is a hash over the other columns of its row, by which `keywarden store verify` finds
-- damage; it is no protection against somebody who knows how it is made.

-- AWS accounts: every one that has ever had a snapshot.
CREATE TABLE accounts (
    account INTEGER PRIMARY KEY,  -- the 12 digits as a number; the views show all 12
    first_import INTEGER NOT NULL REFERENCES imports (id),  -- the import that brought it
    seal INTEGER NOT NULL
) STRICT;

-- Owners of accounts: customers or companies.
CREATE TABLE organizations (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    seal INTEGER NOT NULL
) STRICT;

-- Organizational units, by path.
CREATE TABLE units (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    seal INTEGER NOT NULL
) STRICT;

-- Each run of `keywarden store import`, or of another command that brings snapshots.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,  -- by the clock of the machine that did it
    program TEXT NOT NULL,  -- the program and its version
    source TEXT NOT NULL,  -- the paths it was given, one on each line
    profile TEXT,  -- the published profile that the samples simulate; NULL: none
    seal INTEGER NOT NULL
) STRICT;

-- One report of one account at one instant.
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (account),
    taken_at INTEGER NOT NULL,  -- the instant that the snapshot is judged at
    taken_from TEXT NOT NULL,  -- who says so: 'folder', 'option' (--at), 'report' (GeneratedTime)
    generated_at INTEGER,  -- when AWS made the report; NULL: it does not say
    organization INTEGER REFERENCES organizations (id),  -- at that instant; NULL: not known
    unit INTEGER REFERENCES units (id),  -- likewise
    standalone INTEGER,  -- 1: the account is in no AWS organization; NULL: not known
    iam_users INTEGER,  -- asset counts; NULL: not known
    rds INTEGER,
    s3 INTEGER,
    ec2 INTEGER,
    cloudtrail INTEGER,
    row_count INTEGER NOT NULL,  -- rows of the report that were read, the root user's included
    bad_rows INTEGER NOT NULL,  -- rows that could not be read and are in raw_reports only
    bad_cells INTEGER NOT NULL,  -- cells that could not be read: -3 in user_states
    source TEXT NOT NULL,  -- where the report was read from
    import INTEGER NOT NULL REFERENCES imports (id),
    report_size INTEGER NOT NULL,  -- bytes of the report
    report_sha256 BLOB NOT NULL,  -- of its bytes
    seal INTEGER NOT NULL,
    UNIQUE (account, taken_at)
) STRICT;

-- The reports byte for byte, as CSV: what gzip or JSON was around them is gone.
CREATE TABLE raw_reports (
    snapshot INTEGER PRIMARY KEY REFERENCES snapshots (id) ON DELETE CASCADE,
    zstd BLOB NOT NULL,  -- a Zstandard frame (RFC 8878)
    seal INTEGER NOT NULL
) STRICT;

-- IAM users and root users, over all snapshots of an account. A user who is deleted and made anew
-- under the same name is another user.
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (account),
    name TEXT NOT NULL,  -- <root_account> is the root user
    created INTEGER NOT NULL,  -- user_creation_time; N/A, which nobody should have, is -5 here
    seal INTEGER NOT NULL,
    UNIQUE (account, name, created)
) STRICT;

-- What a report said of a user: a row for each of its rows, a column for each of its columns.
CREATE TABLE user_states (
    snapshot INTEGER NOT NULL REFERENCES snapshots (id) ON DELETE CASCADE,
    row INTEGER NOT NULL,  -- 1 is the first below the header
    user INTEGER NOT NULL REFERENCES users (id),
    arn TEXT,  -- NULL: the usual one, arn:aws:iam::ACCOUNT:user/NAME or :root
    password_enabled INTEGER,
    password_last_used INTEGER,
    password_last_changed INTEGER,
    password_next_rotation INTEGER,
    mfa_active INTEGER,
    access_key_1_active INTEGER,
    access_key_1_last_rotated INTEGER,
    access_key_1_last_used_date INTEGER,
    access_key_1_last_used_region ANY,
    access_key_1_last_used_service ANY,
    access_key_2_active INTEGER,
    access_key_2_last_rotated INTEGER,
    access_key_2_last_used_date INTEGER,
    access_key_2_last_used_region ANY,
    access_key_2_last_used_service ANY,
    cert_1_active INTEGER,
    cert_1_last_rotated INTEGER,
    cert_2_active INTEGER,
    cert_2_last_rotated INTEGER,
    additional_credentials_info ANY,
    PRIMARY KEY (snapshot, row)
) STRICT, WITHOUT ROWID;
