-- What waits is counted with every change, without reading what it is: 1 for what nobody wrote, that is
-- for changes that follow from the schema.
ALTER TABLE outbox ADD COLUMN nobodys INTEGER NOT NULL DEFAULT 0 CHECK (nobodys IN (0, 1));
UPDATE outbox SET nobodys = 1
WHERE (SELECT substr(items.actor, 1, 15) = zeroblob(15) FROM items WHERE items.position = outbox.position);
DROP INDEX outbox_age;
CREATE INDEX outbox_age ON outbox (nobodys, queued_at);
