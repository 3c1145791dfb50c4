-- What a curator says, beside what was read.  Both are keyed by the id of what was
-- read, which they never change, and move on with it when it is superseded.
-- ``generation`` tells which of two corrections is the later one, and the index when
-- a document was hidden.

-- ``value`` is NULL where the document has none; several cities are a JSON list.
CREATE TABLE corrections (
    document TEXT NOT NULL,
    field TEXT NOT NULL
        CHECK (field IN ('title', 'published', 'cities', 'author', 'source', 'kind')),
    value TEXT,
    at TEXT NOT NULL,
    by TEXT,
    generation INTEGER NOT NULL,
    PRIMARY KEY (document, field)
) WITHOUT ROWID;

CREATE TABLE hidden (
    document TEXT PRIMARY KEY,
    reason TEXT,
    at TEXT NOT NULL,
    by TEXT,
    generation INTEGER NOT NULL
) WITHOUT ROWID;
