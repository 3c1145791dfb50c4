"""The engine at size, beside tantivy and SQLite FTS5: ``python -m benchmarks.engine``."""
