-- Legal acts as lists see them: made from the signed entries of acts documents, and made anew from them
-- at any time.
CREATE TABLE acts (
    document BLOB NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    -- The act's own hash.
    act BLOB NOT NULL CHECK (length(act) = 32),
    person BLOB NOT NULL,
    -- Empty where a newer version knows it.
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- The act with its maker, as JSON.
    made_json TEXT NOT NULL,
    PRIMARY KEY (document, act)
) STRICT;
CREATE INDEX acts_person ON acts (person, at);
CREATE INDEX acts_kind ON acts (kind);

-- 1 while a block or the end of an emergency hides the document from this tablet's user: no list says
-- anything of it. Its items stay until the server takes them.
ALTER TABLE documents ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1));
CREATE INDEX documents_hidden ON documents (id) WHERE hidden = 1;
CREATE INDEX documents_person ON documents (person, class);
