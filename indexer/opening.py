"""Which library and which engine an archive has: decided here, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from indexer.catalog import Catalog
from indexer.engine import Engine
from indexer.engine.whoosh import Resources, WhooshEngine
from indexer.errors import Unsound, UserError
from indexer.i18n import N_
from indexer.library import Library

CATALOG: Final = "catalog.db"


def opened(
    data: Path, resources: Resources, address: str | None, create: bool
) -> tuple[Library, Engine]:
    """Those of a data folder, with the embedded engine or that at an address.

    Where the folder has no catalog, they are those of the index at the address; where there is
    none, either, a catalog is begun only with ``create``, for who reads should not lay claim
    to the address.  Raises WrongUsage for what is no address, UserError when there is nothing,
    and Unsound when the catalog is damaged, or gone from beside its index.
    """
    if address is None:
        return _embedded(data, resources)
    return _distributed(data, address, create)


def _embedded(data: Path, resources: Resources) -> tuple[Library, Engine]:
    path, index = data / CATALOG, data / "whoosh"
    is_there = path.exists() and path.stat().st_size > 0
    if not is_there and (index / "current.json").exists():
        # SQLite would begin a new one, and the index would follow it
        raise Unsound(
            N_(
                "目录库 %(path)s 不见了，或者是空的，而它的索引还在。"
                "请用 python run.py restore FILE 换上备份，或改用新的数据文件夹。"
            ),
            path=path,
        )
    catalog = Catalog.open(path)
    return catalog, WhooshEngine(index, catalog.uuid, resources)


def _distributed(data: Path, url: str, create: bool) -> tuple[Library, Engine]:
    # it takes the client of OpenSearch along
    from indexer.engine.opensearch import NO_INDEX, Address, OpenSearchEngine, OpenSearchLibrary

    address = Address.of(url)
    if not (data / CATALOG).exists():
        engine = OpenSearchEngine(address)
        if engine.index.state():
            return OpenSearchLibrary(engine.index), engine
        engine.close()
        if not create:
            raise UserError(NO_INDEX, index=address.index)
    catalog = Catalog.open(data / CATALOG)
    return catalog, OpenSearchEngine(address, catalog)
