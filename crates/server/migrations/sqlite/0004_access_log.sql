-- The access log (HSLF-FS 2016:40 4 kap. 9 §): every record that tablets and servers gave, in the
-- order in which it came, with what is needed to look it up. Entries are never changed; they are
-- destroyed after their time only, from the beginning.
CREATE TABLE log_entries (
    -- The place in the tree, from 0, without a gap.
    idx INTEGER NOT NULL PRIMARY KEY,
    -- The record's name.
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- The device that gave it, and its number in that device's chain. Two records with one number
    -- are a fork, which is kept and told of.
    sender BLOB NOT NULL CHECK (length(sender) = 16),
    seq INTEGER NOT NULL,
    -- As it was written.
    bytes BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    -- What its bytes say, for looking up.
    user_id BLOB NOT NULL,
    person_id BLOB,
    action TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX log_entries_sender ON log_entries (sender, seq);
CREATE INDEX log_entries_person ON log_entries (person_id, idx) WHERE person_id IS NOT NULL;
CREATE INDEX log_entries_received ON log_entries (received_at);

-- The complete subtrees of the Merkle tree (RFC 6962 §2.1). They stay when entries are destroyed.
CREATE TABLE log_nodes (
    level INTEGER NOT NULL,
    idx INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
) STRICT;

-- There is one row. Its lock orders all who add to the log.
CREATE TABLE log_state (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    -- How many entries the tree has.
    size INTEGER NOT NULL,
    -- The seed of the Ed25519 key that signs checkpoints; NULL until the first is signed.
    key_seed BLOB CHECK (length(key_seed) = 32),
    -- Entries before this one have been destroyed after their time.
    destroyed_below INTEGER NOT NULL
) STRICT;
INSERT INTO log_state (only_row, size, key_seed, destroyed_below) VALUES (1, 0, NULL, 0);

-- Checkpoints that were given out, at most one an hour.
CREATE TABLE log_checkpoints (
    size INTEGER NOT NULL PRIMARY KEY,
    note TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;

-- What does not hold together, as it was found.
CREATE TABLE log_findings (
    sender BLOB NOT NULL,
    seq INTEGER NOT NULL,
    -- unreadable, foreign, gap or fork.
    kind TEXT NOT NULL,
    -- The name of the bytes that it is about.
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- Of a record that cannot be read: as it came. Empty otherwise.
    bytes BLOB NOT NULL,
    found_at INTEGER NOT NULL,
    PRIMARY KEY (sender, hash, kind)
) STRICT;

-- Reviews of random samples, each with who reviewed and what was found.
CREATE TABLE log_reviews (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    made_at INTEGER NOT NULL,
    reviewer TEXT NOT NULL,
    -- The places that were drawn, separated by spaces.
    drawn TEXT NOT NULL,
    finding TEXT NOT NULL
) STRICT;
