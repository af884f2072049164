-- A tablet is known by its key alone: requests are signed, and nothing is kept that would let its
-- holder in. The column that goes is unique, which SQLite drops only with the whole table; nothing
-- refers to the table.
CREATE TABLE devices_by_key (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    -- What people call the tablet.
    name TEXT NOT NULL,
    -- Ed25519; the device's signatures on requests and entries are checked with it.
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    enrolled_at INTEGER NOT NULL,
    -- NULL while the device may sync.
    revoked_at INTEGER,
    -- NULL before its first sync.
    last_seen INTEGER
) STRICT;

INSERT INTO devices_by_key (id, user_id, name, public_key, enrolled_at, revoked_at, last_seen)
    SELECT id, user_id, name, public_key, enrolled_at, revoked_at, last_seen FROM devices;
DROP TABLE devices;
ALTER TABLE devices_by_key RENAME TO devices;

-- The secret behind the nonces that requests are signed with. One row: a new epoch draws another.
CREATE TABLE nonce_secrets (
    epoch BLOB NOT NULL PRIMARY KEY CHECK (length(epoch) = 16),
    secret BLOB NOT NULL CHECK (length(secret) = 32)
) STRICT;
