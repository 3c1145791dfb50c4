"""Texts are read in the encoding that they are in, or not at all."""

import random

import pytest

from indexer.documents import Page
from indexer.sources import Refusal, read_paths

SIMPLIFIED = (
    "昨天晚上,成都的一家矿场因为暴雨停了电。负责人在电话里告诉我们,机器没有损失,但是"
    "恢复供电至少还要两天。附近的居民说,这样的雨十年里只见过一次。交易所的价格并没有受到"
    "影响,分析师认为,市场早就习惯了这样的消息。\n与此同时,上海的一家钱包公司宣布完成新一轮"
    "融资,投资人没有公布金额;公司表示,这笔钱将用来开发新的产品,并在新加坡设立办公室。\n"
)
TRADITIONAL = (
    "昨天晚上，臺北的一家交易所因為系統更新停止服務。負責人在電話裡告訴我們，客戶的資產沒有"
    "損失，但是恢復交易至少還要兩個小時。使用者說，這樣的情形一年裡只見過一次。比特幣的價格"
    "並沒有受到影響，分析師認為，市場早就習慣了這樣的消息。\n與此同時，香港的監管機構表示，"
    "將在明年公布新的規定，要求所有平臺申請牌照，並且把客戶的錢和公司的錢分開保管。\n"
)
ENCODINGS = [
    *((SIMPLIFIED, each) for each in ("utf-8", "gb18030", "gbk", "utf-16-le", "utf-16-be")),
    *((TRADITIONAL, each) for each in ("utf-8", "gb18030", "big5", "utf-16-le", "utf-16-be")),
    *((SIMPLIFIED, each) for each in ("utf-8-sig", "utf-16")),
    *((TRADITIONAL, each) for each in ("utf-8-sig", "utf-16", "big5hkscs")),
]


def read(path, data):
    path.write_bytes(data)
    (found,) = read_paths([str(path)])
    return found


@pytest.mark.parametrize(("text", "encoding"), ENCODINGS)
@pytest.mark.parametrize("length", [30, 100, 1000, 5000])
def test_text_of_any_length_from_any_place(tmp_path, text, encoding, length):
    chance = random.Random(length)
    for _ in range(12):
        start = chance.randrange(len(text))
        cut = (text * 60)[start : start + length]
        found = read(tmp_path / "a.txt", cut.encode(encoding))
        assert isinstance(found, Page), str(found.message)
        assert found.content == cut


def test_a_few_characters_are_never_read_wrongly_in_silence(tmp_path):
    for text, encoding in ENCODINGS:
        if encoding in ("gb18030", "gbk", "big5"):
            for start in range(len(text) - 6):
                cut = text[start : start + 6]
                found = read(tmp_path / "a.txt", cut.encode(encoding))
                assert isinstance(found, Refusal) or found.content == cut


UNDECIDABLE = {
    "valid in GBK and in UTF-8": "模小".encode("gbk"),
    "Russian of DOS": "Москва слезам не верит".encode("cp866"),
    "Japanese": "これは日本語の文章です".encode("euc-jp"),
    "noise": bytes(random.Random(1).randrange(128, 255) for _ in range(400)),
}


@pytest.mark.parametrize("data", UNDECIDABLE.values(), ids=UNDECIDABLE.keys())
def test_what_cannot_be_told_is_refused(tmp_path, data):
    found = read(tmp_path / "a.txt", data)
    assert isinstance(found, Refusal)
    assert "请转成 UTF-8" in str(found.message)
    assert found.position.startswith("byte ")


@pytest.mark.parametrize("text", ["Москва слезам не верит", "café crème", "plain"])
def test_other_scripts_in_utf_8_are_text(tmp_path, text):
    assert read(tmp_path / "a.txt", text.encode()).content == text


def test_a_web_page_is_believed_where_its_characters_do_not_tell(tmp_path):
    page = '<html><head><meta charset="{}"></head><body>{}</body></html>'
    for encoding in ("big5", "gbk", "windows-1251", "gb2312"):
        text = "Москва" if encoding == "windows-1251" else "你好"
        written = page.format(encoding, text)
        assert read(tmp_path / "a.html", written.encode(encoding)).content == written
    lying = page.format("utf-8", SIMPLIFIED)
    assert read(tmp_path / "a.html", lying.encode("gbk")).content == lying
