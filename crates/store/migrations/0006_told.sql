-- What a unit was told stands beside what home help logged: with the document and row that it was taken
-- from, whom it was told to and why. All empty for what was not taken from elsewhere.
ALTER TABLE observations ADD COLUMN source BLOB;
ALTER TABLE observations ADD COLUMN source_row BLOB;
ALTER TABLE observations ADD COLUMN told_to BLOB;
ALTER TABLE observations ADD COLUMN told_at INTEGER;
ALTER TABLE observations ADD COLUMN told_by BLOB;
ALTER TABLE observations ADD COLUMN basis TEXT;
