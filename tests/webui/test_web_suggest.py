"""``/suggest.json``, as the page's search field asks it."""

import pytest

from indexer.suggest.completion import MAX_LENGTH


def suggested(client, q):
    return client.get("/suggest.json", query_string={"q": q}).get_json()["suggestions"]


def titles(client, q):
    return [each for each in suggested(client, q) if each["kind"] == "title"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("qkl", {"text": "区块链", "q": "区块链", "kind": "term", "count": 1}),
        ("深圳 区k", {"text": "区块链", "q": "深圳 区块链", "kind": "term", "count": 1}),
        ("城市:shen", {"text": "深圳", "q": "城市:深圳", "kind": "city", "count": 2}),
    ],
)
def test_words_are_suggested(client, typed, expected):
    assert expected in suggested(client, typed)


def test_titles_lead_to_their_documents(client):
    found = titles(client, "深圳")
    assert {each["text"] for each in found} == {"深圳发布区块链扶持政策", "深圳试点数字钱包"}
    for each in found:
        assert set(each) == {"text", "q", "kind", "url"}
        assert each["text"] in client.get(each["url"]).get_data(as_text=True)


def test_reprints_of_one_title_are_suggested_once(client):
    assert [each["text"] for each in titles(client, "跨年公")] == ["跨年公告"]


def test_a_superseded_title_is_not_suggested(client):
    assert [each["text"] for each in titles(client, "上海论坛")] == ["上海论坛闭幕"]


def test_the_query_is_given_back_as_it_was_sent(client):
    response = client.get("/suggest.json", query_string={"q": "深圳 区K"})
    assert response.get_json()["query"] == "深圳 区K"
    assert response.mimetype == "application/json"
    assert response.cache_control.max_age == 60
    assert "区块链" in response.get_data(as_text=True), "Chinese as it is written"


@pytest.mark.parametrize(
    "url",
    [
        "/suggest.json",
        "/suggest.json?q=",
        "/suggest.json?q=" + "b" * (MAX_LENGTH + 1),
        '/suggest.json?q="深圳',
        "/suggest.json?q=%00",
        "/suggest.json?q=%ff",
        "/suggest.json?q=(((((((",
        "/suggest.json?page=x",
    ],
)
def test_odd_text_gives_an_empty_list_and_never_an_error(client, url):
    response = client.get(url)
    assert (response.status_code, response.get_json()["suggestions"]) == (200, [])
