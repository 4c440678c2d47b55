-- What a study reads of a snapshot in one piece, ordered by account and time. It holds nothing that
-- is not in the other tables; `keywarden store verify` holds it against them.
CREATE TABLE packed_samples (
    account INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    sample BLOB NOT NULL,  -- the format is told in src/store/packed.h
    PRIMARY KEY (account, taken_at),
    FOREIGN KEY (account, taken_at) REFERENCES snapshots (account, taken_at) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
