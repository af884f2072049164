-- The run of the app that brought an item: what a run brought is not sent back to it. What an earlier
-- run of the same tablet brought is, for the tablet's database may be an older copy of itself.
ALTER TABLE items ADD COLUMN run BLOB NOT NULL DEFAULT x'';
UPDATE items SET run = device_id;
