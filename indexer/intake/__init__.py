"""Files that were sent to a server to be added, and the process of its own that takes them in."""

from indexer.intake._uploads import (
    MAX_BYTES,
    MAX_FILES,
    Progress,
    Upload,
    Uploads,
    shown_name,
)

__all__ = ["MAX_BYTES", "MAX_FILES", "Progress", "Upload", "Uploads", "shown_name"]
