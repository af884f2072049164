-- What was destroyed when its time had come. The document's own row stays without items, so that no
-- tablet that still holds the document can bring it back; no content is kept.
CREATE TABLE destroyed_documents (
    document_id BYTEA NOT NULL PRIMARY KEY REFERENCES documents (id),
    -- When its last item had been taken in.
    last_entry BIGINT NOT NULL,
    destroyed_at BIGINT NOT NULL,
    -- What it had been.
    items BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    refused BIGINT NOT NULL
);

-- Records that must not be destroyed, whatever their age.
CREATE TABLE holds (
    id BYTEA NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- Whose record.
    person_id BYTEA NOT NULL CHECK (length(person_id) = 16),
    -- Why, in words.
    why TEXT NOT NULL,
    since BIGINT NOT NULL,
    -- NULL while it holds.
    ended BIGINT
);

-- All documents about a person.
CREATE INDEX documents_by_person ON documents (person_id) WHERE person_id IS NOT NULL;

-- What the feed says of a document to one user, which no item leads to. The feed's events have two
-- more numbers now: 3 a document was destroyed, 4 what stood here was about a document that was.
CREATE INDEX feed_addressed ON feed (document_id) WHERE audience_id IS NOT NULL;
