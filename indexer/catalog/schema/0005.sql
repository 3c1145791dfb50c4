-- The generation in which a document came, under whatever id: what is new since a visit.
-- Those that are there already came before anybody asked, which 0 says as well as any number.

ALTER TABLE documents ADD COLUMN added INTEGER NOT NULL DEFAULT 0;
