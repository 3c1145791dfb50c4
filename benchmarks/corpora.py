"""Real texts: the collections beside the checkout, where they are, and the bundled sample."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Final

from indexer.documents import Document, PublishedDate
from indexer.sources import Refusal, read_paths
from indexer.together import read_together

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT.parent / "shared" / "corpora"
NAMES: Final = ("crypto_articles", "optech_zh_sections", "cctv_news", "web3_titles")


def sample() -> list[Document]:
    """The documents of the bundled sample."""
    folder = os.path.relpath(ROOT / "index_data" / "sample")
    return [
        document
        for each in read_together(read_paths([folder]))
        if not isinstance(each, Refusal)
        for document in each[1]
    ]


def corpus(name: str) -> list[Document]:
    """The records of a collection as documents; none where it is not beside the checkout."""
    path = FOLDER / f"{name}.jsonl.gz"
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [_document(json.loads(line)) for line in lines]


def _document(record: dict[str, str]) -> Document:
    paragraphs = [line.strip() for line in record.get("text", "").splitlines()]
    date = record.get("date")
    return Document(
        "article" if "text" in record else "newsflash",
        record.get("title", ""),
        "\n\n".join(filter(None, paragraphs)),
        PublishedDate(date, "day", "record") if date else None,
    )
