"""Documents near a document: of the bundled sample, for a reader of Chinese to judge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.archive import Archive
from indexer.documents import Document, Page, PublishedDate, StoredDocument
from indexer.pipeline import add, catch_up, complete
from indexer.query.related import MAX_RELATED
from indexer.sources import read_paths

SAMPLE = Path(__file__).parents[1] / "index_data" / "sample"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    data = tmp_path_factory.mktemp("data")
    archive = Archive.open(data)
    refused = data / "refused.jsonl"
    pages = read_paths([str(SAMPLE)])
    add(pages, archive.catalog, archive.engine, refused, lambda _: None, lambda _: None)
    complete(archive.catalog, archive.engine)
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def by_title(sample: Archive) -> dict[str, StoredDocument]:
    return {stored.document.title: stored for stored in sample.catalog.all_documents()}


def titles(documents: tuple[StoredDocument, ...]) -> list[str]:
    return [stored.document.title for stored in documents]


@pytest.mark.parametrize(
    ("title", "related"),
    [
        (
            "The DAO遭攻击 逾360万枚以太币被转走",
            [
                "The DAO始末:代码即法律,直到它不再是",
                "The DAO遭駭 以太幣急挫",
                "以太坊完成硬分叉 The DAO资金得以退还",
                "一台世界计算机的诞生,以太坊的头两年",
                "美国证交会:The DAO代币属于证券",
            ],
        ),
        (
            "广州互联网法院挂牌成立",
            [
                "北京互联网法院挂牌成立",
                "杭州互联网法院揭牌",
                "当证据上链:三家互联网法院的一年",
                "最高人民法院司法解释承认区块链存证",
                "杭州互联网法院宣判NFT侵权案",
            ],
        ),
        (
            "比特币的四次减半",
            [
                "比特币完成第三次减半",
                "比特币首次减半完成:区块奖励降至25枚",
                "减半是什么:写给第一次经历的人",
                "比特币完成第四次减半",
            ],
        ),
        (  # in traditional characters and simplified ones
            "以太坊合併完成",
            [
                "以太坊合并完成,转向权益证明",
                "從挖礦到質押：臺灣礦工眼中的以太坊合併",
                "十三分钟的等待:合并那天发生了什么",
            ],
        ),
        (
            "跨链桥Wormhole被盗12万枚wETH",
            ["跨链桥为什么总是失守", "Axie Infinity侧链Ronin被盗约6亿美元"],
        ),
        ("荷兰警方逮捕Tornado Cash开发者", ["美国财政部制裁混币器Tornado Cash"]),
        ("一万枚比特币换来两块披萨", ["那两块披萨:一次交易为何被记住"]),
        # the sample has nothing else of these
        ("比特币出现溢出漏洞 1840亿枚被凭空造出", []),
        ("迈克·赫恩:比特币实验已经失败", []),
    ],
)
def test_what_is_near_in_the_sample(
    sample: Archive, by_title: dict[str, StoredDocument], title: str, related: list[str]
) -> None:
    assert titles(sample.related(by_title[title])) == related


def test_neither_itself_nor_two_of_one_cluster(sample: Archive) -> None:
    for stored in sample.catalog.all_documents():
        clusters = [each.cluster for each in (stored, *sample.related(stored))]
        assert len(set(clusters)) == len(clusters) <= 1 + MAX_RELATED


def flash(title: str, body: str, day: str) -> Document:
    return Document("newsflash", title, body, PublishedDate(day, "day", "stamp"))


STORY = "郑皓升宣布苗景岚接任首席科学家。"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """A story with two reprints, two that go on with it, one of them reprinted, and others."""
    archive = Archive.open(tmp_path)
    documents = [
        *(flash("人事", STORY, f"2021-01-0{day}") for day in (1, 2, 3)),
        *(flash("访谈", "苗景岚接受采访，谈到郑皓升。", f"2021-02-0{day}") for day in (1, 2)),
        flash("回应", "郑皓升回应：苗景岚的方案可行。", "2021-03-01"),
        *(flash(f"公告{n}", f"平台公告，编号{n}。", "2021-04-01") for n in range(70)),
    ]
    archive.catalog.add([(Page("page.txt", ""), documents)])
    catch_up(archive.catalog, archive.engine)
    complete(archive.catalog, archive.engine)
    yield archive
    archive.close()


def test_a_story_leads_to_others_with_the_same_names_once_each(archive: Archive) -> None:
    (story, *reprints) = [
        stored for stored in archive.catalog.all_documents() if stored.document.title == "人事"
    ]
    assert len(archive.reprints(story.id)) == 2
    for stored in (story, *reprints):
        assert sorted(titles(archive.related(stored))) == ["回应", "访谈"]


def test_templates_are_not_near_each_other_for_their_template(archive: Archive) -> None:
    notices = [
        stored
        for stored in archive.catalog.all_documents()
        if stored.document.title.startswith("公告")
    ]
    assert all(archive.related(stored) == () for stored in notices)


def test_without_an_index_nothing_is_near(archive: Archive, tmp_path: Path) -> None:
    (story, *_) = archive.catalog.all_documents()
    archive.engine.close()
    (tmp_path / "whoosh" / "current.json").unlink()
    assert archive.related(story) == ()
