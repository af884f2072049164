-- Names and values of the app's own small settings.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Where this tablet stands in the server's feed: one row.
CREATE TABLE sync_position (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    epoch BLOB CHECK (length(epoch) = 16),
    cursor INTEGER NOT NULL DEFAULT 0,
    last_contact INTEGER
) STRICT;
INSERT INTO sync_position (one, epoch, cursor, last_contact) VALUES (1, NULL, 0, NULL);

-- Every document that this tablet holds. The header's columns never change.
CREATE TABLE documents (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL,
    organisation BLOB NOT NULL,
    unit BLOB,
    person BLOB,
    part TEXT NOT NULL,
    -- NULL for a kind that this version does not know.
    class TEXT,
    -- The exclusive-or of sha256(id, hash) over the document's items.
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    item_count INTEGER NOT NULL DEFAULT 0,
    -- When the newest item came to this tablet, or was made on it.
    newest_at INTEGER,
    last_opened_at INTEGER,
    -- 0 where this version cannot show the document; it is kept and carried all the same.
    shown INTEGER NOT NULL DEFAULT 1 CHECK (shown IN (0, 1)),
    shown_reason TEXT,
    -- Set once the server has withdrawn the document while something of it is unsent or refused.
    withdrawn_at INTEGER
) STRICT;
CREATE INDEX documents_unshown ON documents (id) WHERE shown = 0;
CREATE INDEX documents_withdrawn ON documents (id) WHERE withdrawn_at IS NOT NULL;

-- A document is the set of its items: immutable, content-addressed.
CREATE TABLE items (
    -- The order of arrival; never used twice.
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    -- 0: a change, 1: an entry.
    kind INTEGER NOT NULL CHECK (kind IN (0, 1)),
    bytes BLOB NOT NULL,
    actor BLOB CHECK (length(actor) = 16),
    -- 1 where the item was made on this tablet.
    local INTEGER NOT NULL CHECK (local IN (0, 1)),
    -- When the server said that it is on its disk; NULL while that is not known.
    acknowledged_at INTEGER,
    UNIQUE (document, hash)
) STRICT;
CREATE INDEX items_local ON items (document, acknowledged_at) WHERE local = 1;

-- What the server has still to be given.
CREATE TABLE outbox (
    position INTEGER NOT NULL PRIMARY KEY REFERENCES items (position) ON DELETE CASCADE,
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    -- Smaller goes first.
    urgency INTEGER NOT NULL CHECK (urgency BETWEEN 0 AND 255),
    queued_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_attempt_at INTEGER,
    UNIQUE (document, hash)
) STRICT;
CREATE INDEX outbox_order ON outbox (document, urgency, position, queued_at);
CREATE INDEX outbox_age ON outbox (queued_at);

-- What the server would not take. It is kept until it is sent again and taken.
CREATE TABLE refused (
    document BLOB NOT NULL,
    hash BLOB NOT NULL,
    code TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- As they were in the outbox, for sending it again.
    urgency INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    PRIMARY KEY (document, hash),
    FOREIGN KEY (document, hash) REFERENCES items (document, hash) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Who stands behind an actor. An actor's row never changes.
CREATE TABLE actors (
    actor BLOB NOT NULL PRIMARY KEY CHECK (length(actor) = 16),
    user BLOB NOT NULL,
    device BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What a user of this tablet has seen of a document.
CREATE TABLE opened (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    user BLOB NOT NULL,
    heads TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (document, user)
) STRICT, WITHOUT ROWID;

-- Read models: made from the documents, and made anew from them at any time.

CREATE TABLE people (
    person BLOB NOT NULL,
    document BLOB NOT NULL PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    given_name TEXT,
    family_name TEXT,
    folded TEXT NOT NULL,
    identity TEXT,
    identity_kind TEXT,
    birth_date TEXT,
    street TEXT,
    postcode TEXT,
    city TEXT,
    entry TEXT,
    phone TEXT,
    protected TEXT NOT NULL,
    look_out_for TEXT,
    listed_at TEXT,
    municipal_care INTEGER,
    contacts_json TEXT,
    -- Where a person is protected, nothing in a list may lead to their door.
    CONSTRAINT protected_has_no_address CHECK (
        protected = 'none'
        OR (
            street IS NULL AND postcode IS NULL AND city IS NULL AND entry IS NULL
            AND phone IS NULL AND (contacts_json IS NULL OR contacts_json IN ('', '[]'))
        )
    )
) STRICT;
CREATE INDEX people_person ON people (person);
CREATE INDEX people_identity ON people (identity) WHERE identity IS NOT NULL;

CREATE TABLE visits (
    visit BLOB NOT NULL,
    document BLOB NOT NULL PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    person BLOB NOT NULL,
    unit BLOB NOT NULL,
    state TEXT NOT NULL,
    acute INTEGER NOT NULL,
    reason TEXT,
    called_by TEXT,
    started_at INTEGER,
    ended_at INTEGER,
    first_at INTEGER,
    cfs_level INTEGER,
    cfs_on TEXT,
    cfs_by BLOB,
    weight_kg REAL,
    falls_score INTEGER,
    falls_high INTEGER,
    drug_count INTEGER NOT NULL,
    last_review_on TEXT,
    signed_entry BLOB,
    signed_by BLOB,
    signed_at INTEGER,
    additions INTEGER NOT NULL,
    asks INTEGER NOT NULL,
    disagreements INTEGER NOT NULL,
    newest_at INTEGER,
    newest_by BLOB,
    read_only INTEGER NOT NULL
) STRICT;
CREATE INDEX visits_visit ON visits (visit);
CREATE INDEX visits_person ON visits (person);
CREATE INDEX visits_unsigned ON visits (state) WHERE signed_entry IS NULL;

CREATE TABLE notes (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    row BLOB NOT NULL,
    visit BLOB NOT NULL,
    person BLOB NOT NULL,
    kind TEXT NOT NULL,
    text TEXT NOT NULL,
    by_user BLOB,
    role TEXT,
    at INTEGER NOT NULL,
    retracted_at INTEGER,
    PRIMARY KEY (document, row)
) STRICT;
CREATE INDEX notes_visit ON notes (visit);
CREATE INDEX notes_person ON notes (person, at);
CREATE INDEX notes_at ON notes (at);
CREATE INDEX notes_questions ON notes (document) WHERE kind = 'question';

CREATE TABLE seen (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    visit BLOB NOT NULL,
    by_user BLOB,
    at INTEGER NOT NULL,
    complete INTEGER NOT NULL
) STRICT;
CREATE INDEX seen_document ON seen (document);
CREATE INDEX seen_visit ON seen (visit);

CREATE TABLE observations (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    row BLOB NOT NULL,
    act BLOB NOT NULL,
    person BLOB NOT NULL,
    what TEXT NOT NULL,
    degree TEXT NOT NULL,
    words TEXT,
    by_user BLOB,
    at INTEGER NOT NULL,
    retracted INTEGER NOT NULL,
    PRIMARY KEY (document, row)
) STRICT;
CREATE INDEX observations_person ON observations (person, at);
CREATE INDEX observations_at ON observations (at);

CREATE TABLE round_rows (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    row BLOB NOT NULL,
    day TEXT NOT NULL,
    team BLOB NOT NULL,
    visit BLOB NOT NULL,
    person BLOB NOT NULL,
    unit BLOB NOT NULL,
    start TEXT,
    minutes INTEGER,
    position REAL,
    staff BLOB,
    acute INTEGER NOT NULL,
    removed INTEGER NOT NULL,
    PRIMARY KEY (document, row)
) STRICT;
CREATE INDEX round_rows_day ON round_rows (day, team);
CREATE INDEX round_rows_visit ON round_rows (visit);
CREATE INDEX round_rows_person ON round_rows (person);

CREATE TABLE staff (
    user BLOB NOT NULL,
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    name TEXT,
    role TEXT,
    unit BLOB,
    phone TEXT,
    active INTEGER NOT NULL,
    PRIMARY KEY (document, user)
) STRICT;

CREATE TABLE units (
    unit BLOB NOT NULL,
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    name TEXT,
    kind TEXT,
    phone TEXT,
    PRIMARY KEY (document, unit)
) STRICT;

CREATE TABLE numbers (
    row BLOB NOT NULL,
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    label TEXT,
    phone TEXT,
    position REAL,
    PRIMARY KEY (document, row)
) STRICT;

CREATE TABLE disagreements (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    person BLOB,
    visit BLOB,
    candidates_json TEXT NOT NULL,
    newest_at INTEGER NOT NULL,
    PRIMARY KEY (document, field)
) STRICT;
CREATE INDEX disagreements_visit ON disagreements (visit);
CREATE INDEX disagreements_person ON disagreements (person);
