-- A tablet is known by its key alone: requests are signed, and nothing is kept that would let its
-- holder in.
ALTER TABLE devices DROP COLUMN credential_sha256;

-- The secret behind the nonces that requests are signed with. One row: a new epoch draws another.
CREATE TABLE nonce_secrets (
    epoch BYTEA NOT NULL PRIMARY KEY CHECK (length(epoch) = 16),
    secret BYTEA NOT NULL CHECK (length(secret) = 32)
);
