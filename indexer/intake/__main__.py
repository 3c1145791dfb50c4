"""``python -m indexer.intake DATA ENGINE``: the process by which a server takes uploads in.

ENGINE is its address, or empty for the embedded one.  The process goes on while its standard input
is open, which ends with the server, however that ends.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from indexer.console import say
from indexer.errors import UserError
from indexer.i18n import language_of_locale, use_language
from indexer.intake._taking import take_in
from indexer.priority import step_back


def main() -> None:
    """Take in what waits, behind everybody who searches."""
    threading.Thread(target=_follow_server, daemon=True).start()
    use_language(language_of_locale())
    step_back()
    try:
        take_in(Path(sys.argv[1]), sys.argv[2] or None)
    except (UserError, OSError) as error:
        say(error)
        sys.exit(1)


def _follow_server() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)  # whatever runs can be cut off at any moment


if __name__ == "__main__":
    main()
