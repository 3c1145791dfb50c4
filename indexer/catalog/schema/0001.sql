-- The catalog's first schema.  Text is kept as it was read; lists are JSON.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- Raw inputs, compressed, so that a better reader can read them again; a
-- record's unknown fields stay in its raw text.
CREATE TABLE pages (
    number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    raw BLOB NOT NULL,
    added_at TEXT NOT NULL,
    reader TEXT NOT NULL
);

-- One row a document: all its readings merged.  ``generation`` is the one in
-- which the row or its set of sites changed last.
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('article', 'newsflash')),
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published TEXT,
    precision TEXT,
    date_origin TEXT,
    category TEXT,
    author TEXT,
    source TEXT,
    site TEXT,
    url TEXT,
    tags TEXT NOT NULL,
    cities TEXT NOT NULL,
    cluster TEXT NOT NULL,
    generation INTEGER NOT NULL,
    CHECK ((published IS NULL) = (precision IS NULL) AND (published IS NULL) = (date_origin IS NULL))
);
CREATE INDEX documents_by_generation ON documents (generation);
CREATE INDEX documents_by_cluster ON documents (cluster);

CREATE TABLE appearances (
    document INTEGER NOT NULL REFERENCES documents (number),
    page INTEGER NOT NULL REFERENCES pages (number),
    position INTEGER NOT NULL,
    site TEXT,
    url TEXT,
    first_line INTEGER,
    last_line INTEGER,
    PRIMARY KEY (document, page, position)
) WITHOUT ROWID;
CREATE INDEX appearances_by_page ON appearances (page, position);

-- Where an id went that no page gives any more.  Never deleted from: links to
-- the old id are in somebody's notes.
CREATE TABLE superseded (
    old TEXT PRIMARY KEY,
    new TEXT NOT NULL,
    generation INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX superseded_by_generation ON superseded (generation);
