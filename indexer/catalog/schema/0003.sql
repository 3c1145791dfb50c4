-- Evidence across pages.  ``tails`` finds the pages that share a newsflash: ``key``
-- names it by its day and its last characters, ``run`` is the text from the stamp
-- before, ``length`` and ``above`` say where the page read alone lets it start.
-- ``evidence`` names that with which the page was read; 0 where there was none.
CREATE TABLE tails (
    key INTEGER NOT NULL,
    page INTEGER NOT NULL REFERENCES pages (number),
    run INTEGER NOT NULL,
    length INTEGER NOT NULL,
    above INTEGER NOT NULL,
    evidence INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (key, page, run)
) WITHOUT ROWID;
CREATE INDEX tails_by_page ON tails (page);

-- The keys whose pages are to be compared again, for one of them is new.
CREATE TABLE unsettled (key INTEGER PRIMARY KEY);

-- The last page that was there when all keys were settled: pages up to it are the
-- earlier ones, of which a correction is told.
INSERT INTO meta VALUES ('settled', '0');
