"""The first search of a process: ``python -m benchmarks.engine.first QUESTION``, for the report.

QUESTION is JSON: the folder of the index, the catalog's uuid, and a question.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.engine.figures import milliseconds
from benchmarks.engine.ours import search_of
from benchmarks.engine.questions import Question
from indexer.engine.whoosh import WhooshEngine


def main() -> None:
    """Print how many milliseconds opening and searching took."""
    told = json.loads(sys.argv[1])
    days = told["days"]
    question = Question(told["kind"], tuple(told["texts"]), tuple(days) if days else None)
    search = search_of(question)
    engine = WhooshEngine(Path(told["folder"]), told["uuid"])
    opened = milliseconds(lambda: engine.generation)
    print(json.dumps({"open": opened, "search": milliseconds(lambda: engine.search(search))}))


if __name__ == "__main__":
    main()
