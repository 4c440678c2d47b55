-- Findings over time, and the exceptions that they are judged by.

-- One finding: a control that a principal did not pass. `keywarden audit --store` tells it, by each
-- account's newest snapshot. It lives on when it is closed, so that one that comes back is known. A
-- user who is deleted and made anew under the same name has findings of its own. All times are
-- those of snapshots.
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts (account),
    user TEXT NOT NULL,  -- the user's name; empty: the finding is about the account
    user_id INTEGER REFERENCES users (id),  -- NULL: not one of `users`
    control TEXT NOT NULL,  -- the control's id
    severity TEXT NOT NULL,  -- when it was last seen
    status TEXT NOT NULL,  -- 'open' or 'closed'; neither an unknown nor an exception closes it
    verdict TEXT NOT NULL,  -- 'fail' or 'unknown', when it was last seen
    first_seen INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,  -- the newest snapshot that it was told of
    closed_at INTEGER,  -- the first snapshot without it; NULL while open
    reopened_at INTEGER,  -- the newest time it came back; NULL: never
    reopen_count INTEGER NOT NULL,
    failing_since INTEGER,  -- the first failure since it was (re)opened; NULL: only unknown so far
    evidence TEXT NOT NULL,  -- what decided, when it was last seen
    excepted_by TEXT,  -- the exception that covers it; NULL: none
    seal INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX findings_life ON findings (account, control, user, ifnull(user_id, 0));

-- Up to which snapshot the findings of a control are told: an older one changes nothing of them.
CREATE TABLE judgements (
    account INTEGER NOT NULL REFERENCES accounts (account),
    control TEXT NOT NULL,  -- the control's id
    judged_at INTEGER NOT NULL,
    seal INTEGER NOT NULL,
    PRIMARY KEY (account, control)
) STRICT, WITHOUT ROWID;

-- The times during which a finding was open, one row for each.
CREATE TABLE finding_spans (
    finding INTEGER NOT NULL REFERENCES findings (id) ON DELETE CASCADE,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,  -- NULL: still open
    seal INTEGER NOT NULL,
    PRIMARY KEY (finding, opened_at)
) STRICT, WITHOUT ROWID;

-- Exception files as they were imported: what `keywarden audit --store` applies.
CREATE TABLE exception_files (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,  -- the path it was read from
    text TEXT NOT NULL,
    imported_at INTEGER NOT NULL,
    seal INTEGER NOT NULL
) STRICT;

-- The exceptions in those files, for queries; the files decide.
CREATE TABLE exceptions (
    file INTEGER NOT NULL REFERENCES exception_files (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,  -- 1 is the first of the file
    name TEXT,  -- its id; NULL: it has none
    owner TEXT NOT NULL,
    reason TEXT NOT NULL,
    ticket TEXT,
    expires INTEGER NOT NULL,  -- the first second at which it holds no more
    seal INTEGER NOT NULL,
    PRIMARY KEY (file, position)
) STRICT, WITHOUT ROWID;
