-- By which national numbers person documents of several organisations can be found to be one person's. A
-- row says that the document says the number or has said it; whoever looks asks the document again.
CREATE TABLE person_numbers (
    number TEXT NOT NULL,
    document_id BLOB NOT NULL REFERENCES documents (id),
    PRIMARY KEY (number, document_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX person_numbers_by_document ON person_numbers (document_id);
