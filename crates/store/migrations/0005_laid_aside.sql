-- When somebody laid aside what the server refused: it is kept, and asks nobody for anything any more.
ALTER TABLE refused ADD COLUMN laid_aside_at INTEGER;
