-- Identifiers, hashes and keys are BLOBs of fixed length; moments are milliseconds since 1970, UTC.
-- A column's meaning never changes: a new meaning is a new column.

CREATE TABLE meta (
    -- There is one row.
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    -- Names this unbroken life of the database; a restored one gets a new epoch.
    epoch BLOB NOT NULL CHECK (length(epoch) = 16),
    -- 1 while a restored server takes back what it forgot, other authors' items too.
    recovering INTEGER NOT NULL CHECK (recovering IN (0, 1))
) STRICT;

CREATE TABLE organisations (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- What people call it.
    name TEXT NOT NULL
) STRICT;

CREATE TABLE units (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    -- What people call it.
    name TEXT NOT NULL,
    -- mobile_team, health_centre, hemtjanst, municipality_office or other.
    kind TEXT NOT NULL,
    -- The number that colleagues ring; empty where there is none.
    phone TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- The name that colleagues read.
    name TEXT NOT NULL,
    -- nurse, doctor, hemtjanst, assessor or administrator.
    role TEXT NOT NULL,
    organisation_id BLOB NOT NULL REFERENCES organisations (id),
    -- Not a reference: the server's own accounts work in no unit.
    unit_id BLOB NOT NULL,
    -- 0 once the account is closed; it is never removed, for its name stands behind changes.
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- Rises with every change of role, unit or state; a decision made under an older one is void.
    access_version INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    -- What people call the tablet.
    name TEXT NOT NULL,
    -- SHA-256 of the bearer credential; the credential itself is kept nowhere.
    credential_sha256 BLOB NOT NULL UNIQUE CHECK (length(credential_sha256) = 32),
    -- Ed25519; the device's signatures on entries are checked with it.
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    enrolled_at INTEGER NOT NULL,
    -- NULL while the device may sync.
    revoked_at INTEGER,
    -- NULL before its first sync.
    last_seen INTEGER
) STRICT;

CREATE TABLE enrolment_codes (
    -- SHA-256 of the one-time code.
    code_sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(code_sha256) = 32),
    -- Whose tablet it will be.
    user_id BLOB NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL,
    -- NULL until a tablet has used it.
    used_at INTEGER
) STRICT;

CREATE TABLE documents (
    -- Follows from the next five columns.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    organisation_id BLOB NOT NULL,
    -- NULL where the kind has no unit.
    unit_id BLOB,
    -- NULL where the kind is about nobody.
    person_id BLOB,
    -- What tells it from others of its kind; empty where there is one.
    part TEXT NOT NULL,
    -- identity, health, social or staff; follows from the kind.
    class TEXT NOT NULL,
    -- Exclusive-or over its items of SHA-256(document id, item hash).
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    item_count INTEGER NOT NULL,
    -- All its items' bytes together.
    item_bytes INTEGER NOT NULL
) STRICT;

CREATE TABLE items (
    document_id BLOB NOT NULL REFERENCES documents (id),
    -- A change's own hash, or an entry's SHA-256.
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- 0 a change, 1 a signed entry.
    kind INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    -- For a change: its actor, its place among the actor's changes here, its last counter.
    actor BLOB,
    seq INTEGER,
    max_op INTEGER,
    -- The device that brought it, which in a recovery need not be its author's.
    device_id BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    -- The feed position under which it was published; items in this order build on earlier ones.
    fed INTEGER NOT NULL,
    PRIMARY KEY (document_id, hash)
) STRICT;

-- What acceptance asks of a document without reading its items.
CREATE INDEX items_by_actor ON items (document_id, kind, actor, seq, max_op);

CREATE TABLE actors (
    -- An Automerge actor, fresh for each start of a tablet.
    actor BLOB NOT NULL PRIMARY KEY CHECK (length(actor) = 16),
    -- Who stands behind it.
    user_id BLOB NOT NULL,
    device_id BLOB NOT NULL
) STRICT;

CREATE TABLE feed (
    seq INTEGER NOT NULL PRIMARY KEY,
    -- 0 an item is new, 1 a document became readable as a whole, 2 a document is no longer readable.
    event INTEGER NOT NULL,
    document_id BLOB NOT NULL REFERENCES documents (id),
    -- The item, for event 0; NULL otherwise.
    item_hash BLOB,
    -- Whom it concerns; NULL for everybody who may read the document.
    audience_id BLOB
) STRICT;

CREATE TABLE feed_head (
    only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
    -- The last position given out. Its row is locked by every writer until commit, so that no
    -- position becomes visible before a smaller one.
    last INTEGER NOT NULL
) STRICT;

INSERT INTO feed_head (only_row, last) VALUES (1, 0);

CREATE TABLE refused_items (
    -- The device that sent it.
    device_id BLOB NOT NULL,
    -- SHA-256 of the bytes as they came.
    bytes_sha256 BLOB NOT NULL CHECK (length(bytes_sha256) = 32),
    -- NULL where the header names no document of ours.
    document_id BLOB,
    -- The item's own hash, where it could be read.
    hash BLOB,
    -- Why; the code that the tablet was given.
    code TEXT NOT NULL,
    -- As they came; empty for an item that was larger than one may be.
    bytes BLOB NOT NULL,
    refused_at INTEGER NOT NULL,
    PRIMARY KEY (device_id, bytes_sha256)
) STRICT;

CREATE INDEX refused_by_document ON refused_items (document_id, hash);
