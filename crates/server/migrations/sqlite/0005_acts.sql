-- What of the legal acts decides who may read which document. It follows from the signed entries of the
-- acts documents; the entries are what counts, and these rows are what a query can ask.

-- Blocks between units. One is in force while no lift by its own unit names it.
CREATE TABLE blocks (
    -- The act's own hash.
    act BLOB NOT NULL PRIMARY KEY CHECK (length(act) = 32),
    organisation_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    -- The unit whose documents are blocked off from the others.
    unit_id BLOB NOT NULL
) STRICT;

CREATE INDEX blocks_by_person ON blocks (person_id, unit_id);

CREATE TABLE block_lifts (
    act BLOB NOT NULL PRIMARY KEY CHECK (length(act) = 32),
    -- The block that it names; it need not be here yet.
    block_act BLOB NOT NULL,
    -- The unit of who lifted; it counts only where it is the block's own.
    unit_id BLOB NOT NULL
) STRICT;

CREATE INDEX block_lifts_by_block ON block_lifts (block_act);

-- What users opened in an emergency, one row for each unit or document.
CREATE TABLE openings (
    act BLOB NOT NULL CHECK (length(act) = 32),
    place INTEGER NOT NULL,
    user_id BLOB NOT NULL,
    organisation_id BLOB NOT NULL,
    person_id BLOB NOT NULL,
    -- One of the two is there.
    unit_id BLOB,
    document_id BLOB,
    -- It is over by itself.
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (act, place)
) STRICT;

CREATE INDEX openings_by_user ON openings (user_id, person_id);

-- The feed has one more event: 5, whether a document is readable is to be asked anew. These, which no
-- item leads to.
CREATE INDEX feed_reconsidered ON feed (document_id) WHERE event = 5;
