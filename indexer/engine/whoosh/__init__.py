"""The embedded engine: a Whoosh 2.7.4 index in a folder."""

import warnings

with warnings.catch_warnings():
    # Whoosh 2.7.4 has escapes in plain strings that Python 3.12 warns about
    # when it first compiles the modules; they are harmless.
    warnings.simplefilter("ignore", SyntaxWarning)
    import whoosh.codec.base
    import whoosh.query  # noqa: F401

from indexer.engine.whoosh.engine import WhooshEngine
from indexer.engine.whoosh.writing import ALONE, MEMORY, Resources

__all__ = ["ALONE", "MEMORY", "Resources", "WhooshEngine"]
