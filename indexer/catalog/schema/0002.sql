-- Clusters of near reprints.  ``documents.text`` is the hash of the text alone,
-- which the first schema called its cluster; clusters join texts.

ALTER TABLE documents ADD COLUMN text TEXT NOT NULL DEFAULT '';
UPDATE documents SET text = cluster;
CREATE INDEX documents_by_text ON documents (text);

-- The texts that were compared with all others.  ``signature`` is empty where a
-- text is too short to be compared.
CREATE TABLE texts (
    number INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE,
    cluster TEXT NOT NULL,
    signature BLOB NOT NULL
);

-- The pairs of texts that are reprints of each other, whichever cluster they
-- ended in; ``alike`` is greater the more they are alike.
CREATE TABLE reprints (
    first TEXT NOT NULL,
    second TEXT NOT NULL,
    alike INTEGER NOT NULL,
    PRIMARY KEY (first, second)
) WITHOUT ROWID;
CREATE INDEX reprints_by_second ON reprints (second);

-- ``clustered`` is the generation up to which every text was compared, ``clustering``
-- the version of the comparison.
INSERT INTO meta VALUES ('clustered', '0'), ('clustering', '');
