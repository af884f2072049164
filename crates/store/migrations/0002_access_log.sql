-- The tablet's own access log: a chain in which each record names the hash of the one before it.
-- Rows are added, and taken away a while after the server has said that they are on its disk.
CREATE TABLE log_records (
    seq INTEGER NOT NULL PRIMARY KEY CHECK (seq > 0),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    bytes BLOB NOT NULL,
    -- Whose data it was; for the page that shows who has looked.
    person BLOB CHECK (length(person) = 16),
    at INTEGER NOT NULL,
    -- When the server said that it is on its disk; NULL while that is not known.
    acknowledged_at INTEGER
) STRICT;
CREATE INDEX log_records_person ON log_records (person, seq) WHERE person IS NOT NULL;
CREATE INDEX log_records_acknowledged ON log_records (acknowledged_at)
    WHERE acknowledged_at IS NOT NULL;

-- Where the chain ends, how far the server has it, and what is remembered of the server's log: one
-- row. The chain's end stands here too, so that it outlives the records.
CREATE TABLE log_state (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    sent_seq INTEGER NOT NULL,
    sent_hash BLOB NOT NULL CHECK (length(sent_hash) = 32),
    -- 1 where the next push begins with the oldest record that there still is.
    from_oldest INTEGER NOT NULL DEFAULT 0 CHECK (from_oldest IN (0, 1)),
    -- The checkpoint as the server signed it, its key, and the epoch in which it was given.
    checkpoint TEXT,
    checkpoint_key BLOB CHECK (length(checkpoint_key) = 32),
    checkpoint_epoch BLOB CHECK (length(checkpoint_epoch) = 16)
) STRICT;
INSERT INTO log_state (one, seq, hash, sent_seq, sent_hash)
    VALUES (1, 0, zeroblob(32), 0, zeroblob(32));

-- What did not agree, with both sides as they were: kept for whoever looks into it.
CREATE TABLE log_findings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    code TEXT NOT NULL,
    remembered TEXT NOT NULL,
    found TEXT NOT NULL
) STRICT;
