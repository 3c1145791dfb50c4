-- Nearly every document is the only one of its cluster, which then has the name of
-- its text: the index has the others alone.  It is written at random places, which
-- at a million documents is most of what adding one costs.
DROP INDEX documents_by_cluster;
CREATE INDEX documents_by_cluster ON documents (cluster) WHERE cluster != text;

-- Counts without reading every document.
CREATE INDEX articles ON documents (number) WHERE kind = 'article';
