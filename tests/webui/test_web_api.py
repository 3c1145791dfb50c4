"""``/openapi.json`` describes every address, and every page is there as JSON, too."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from werkzeug.routing import AnyConverter, Rule
from werkzeug.test import TestResponse

from benchmarks.fuzz_api import fuzz
from indexer.documents import Correctable, DateOrigin, Kind, PageFormat, Precision
from indexer.engine import FACETS, Sort
from indexer.export.streams import EXPORTS
from indexer.i18n import LANGUAGES
from indexer.intake import Progress
from indexer.locking import data_lock
from indexer.pipeline import Report
from indexer.query.fields import FIELDS
from indexer.query.request import MAX_PAGE, MOST_COMPARED, PAGE_SIZE, Mark, Match, SearchRequest
from webui import basket, create_app, curating
from webui.access import Access
from webui.api import description
from webui.help_examples import SECTIONS
from webui.routes import path_of

# What the browser says of a request that comes from a page of the application.
OURS = {"Origin": "https://biwen.example"}
# Pages without a JSON form of their own, and why.
NO_JSON = {
    "/": "the page of /search by another address; its data is /search.json",
    "/add": "a form; what became of each upload is /add/{upload_id}.json",
    "/basket": "the browser holds the data; what the server knows of them is POST /basket.json",
    "/kept": "the browser holds the data; what is new in each search is /new.json",
}


def first_id(client: FlaskClient) -> str:
    return str(client.get("/search.json").json["hits"][0]["id"])


def page_of(client: FlaskClient, document_id: str) -> str:
    return str(client.get(f"/d/{document_id}.json").json["appearances"][0]["page_id"])


def new_upload(client: FlaskClient) -> str:
    return str(client.post("/add/uploads", headers=OURS).json["id"])


# What stands at a place of an address when it is asked for.
PLACES: dict[str, Callable[[FlaskClient], str]] = {
    "document_id": first_id,
    "page_id": lambda client: page_of(client, first_id(client)),
    "upload_id": new_upload,
}
EVERYTHING = SearchRequest(
    *("词", "2020", "2021", True, *[("值",)] * 7, "newest", "any", False, False),
    *(Mark("8f14e45f", 12), True, 2, "en"),
)
SEARCH = [name for name, _ in EVERYTHING.params()]
DESCRIPTION = description()
COMPONENTS = DESCRIPTION["components"]
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DESCRIPTION["paths"].items()
    for method, operation in item.items()
}


@pytest.fixture(scope="module")
def folder(archive_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(archive_folder, tmp_path_factory.mktemp("edited") / "data"))


@pytest.fixture(scope="module")
def app(folder: Path) -> Flask:
    """The application with every route that there is, those of ``--edit`` included."""
    return create_app(folder, "https://biwen.example/", Access(edit=True))


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    while "$ref" in node:
        _, _, kind, name = node["$ref"].split("/")
        node = COMPONENTS[kind][name]
    return node


def parameters(operation: str, place: str = "query") -> dict[str, dict[str, Any]]:
    found = map(resolved, OPERATIONS[operation].get("parameters", ()))
    return {each["name"]: each["schema"] for each in found if each["in"] == place}


def allowed(schema: dict[str, Any]) -> set[str | None]:
    """The values of an enumeration; one that is empty counts as not given."""
    values = resolved(schema)["enum"]
    return {value for value in values if value != ""}


def test_every_route_is_described(app: Flask) -> None:
    routes = {
        f"{method} {path_of(rule.rule)}"
        for rule in rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    missing, gone = routes - set(OPERATIONS), set(OPERATIONS) - routes
    assert not missing, f"describe them in webui/openapi.json, under paths: {sorted(missing)}"
    assert not gone, f"no route answers them; take them out of webui/openapi.json: {sorted(gone)}"


def test_every_place_of_a_route_is_described(app: Flask) -> None:
    for rule in rules(app):
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            name = f"{method} {path_of(rule.rule)}"
            described = parameters(name, "path")
            assert set(described) == rule.arguments, f"the path parameters of {name}"
            for place, converter in rule._converters.items():
                if isinstance(converter, AnyConverter):
                    assert allowed(described[place]) == converter.items, f"{place} of {name}"


@pytest.mark.parametrize(
    "path", ["/", "/search", "/search.json", "/search.atom", "/search.{form}", "/new.json"]
)
def test_a_search_takes_the_parameters_of_a_search(path: str) -> None:
    assert list(parameters(f"GET {path}")) == SEARCH


@pytest.mark.parametrize("form", ["", ".json", ".csv", ".svg"])
def test_a_comparison_takes_the_filters_of_a_search(form: str) -> None:
    found = parameters(f"GET /trends{form}")
    assert list(found) == [name for name in SEARCH if name not in ("sort", "page")] + ["unit"]
    assert found["q"]["maxItems"] == MOST_COMPARED


def test_values_are_those_of_the_code() -> None:
    found, schemas = parameters("GET /search.json"), COMPONENTS["schemas"]
    assert allowed(found["kind"]["items"]) == allowed(schemas["Kind"]) == {*get_args(Kind)}
    assert allowed(found["sort"]) == {*get_args(Sort)}
    assert allowed(found["match"]) == {*get_args(Match)}
    assert allowed(found["lang"]) == {*LANGUAGES}
    for flag in ("undated", "aliases", "collapse", "new"):
        assert allowed(found[flag]) == {"0", "1"}
    page = found["page"]["anyOf"][0]
    assert (page["minimum"], page["maximum"]) == (1, MAX_PAGE)
    assert allowed(parameters("GET /search.{form}", "path")["form"]) == {*EXPORTS}
    files = resolved(OPERATIONS["GET /search.{form}"]["responses"]["200"])["content"]
    assert list(files) == [export.mimetype for export in EXPORTS.values()]
    forms = list(resolved(OPERATIONS["POST /basket.{form}"]["parameters"][0])["schema"]["enum"])
    files = OPERATIONS["POST /basket.{form}"]["responses"]["200"]["content"]
    assert list(files) == [EXPORTS[form].mimetype for form in forms]
    sent = COMPONENTS["requestBodies"]["Basket"]["content"]["application/x-www-form-urlencoded"]
    items = sent["schema"]["properties"]["basket"]
    assert items["maxItems"] == schemas["Current"]["properties"]["current"]["maxItems"]
    assert items["maxItems"] == basket.MOST
    assert items["items"]["properties"]["note"]["maxLength"] == basket.LONGEST
    assert allowed(schemas["Precision"]) == {*get_args(Precision), None}
    assert allowed(schemas["DateOrigin"]) == {*get_args(DateOrigin), None}
    assert allowed(schemas["ReadPage"]["properties"]["format"]) == {*get_args(PageFormat)}
    assert set(schemas["Corrections"]["properties"]) == {*get_args(Correctable)}
    upload = schemas["Upload"]
    assert allowed(upload["properties"]["state"]) == {*get_args(get_type_hints(Progress)["state"])}
    counts = {count.name for count in fields(Report().counts)}
    assert set(upload["properties"]) - set(upload["required"]) == counts
    answer = schemas["Answer"]["properties"]
    assert list(answer["facets"]["properties"]) == ["date", *FACETS]
    assert answer["hits"]["maxItems"] == PAGE_SIZE


def test_it_is_openapi_3_1_by_a_validator_of_others(client: FlaskClient) -> None:
    served = client.get("/openapi.json").json
    validate(served)
    assert served["openapi"].startswith("3.1.")
    assert served["servers"] == [{"url": "https://biwen.example"}]
    assert {**served, "servers": None} == {**DESCRIPTION, "servers": None}


def test_an_address_that_the_server_has_not_is_left_out(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(description()["paths"], "/d/{document_id}/burn", {"post": {}})
    assert "/d/{document_id}/burn" not in client.get("/openapi.json").json["paths"]


def objects(node: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        if "properties" in node and "type" in node:
            yield place, node
        for name, inner in node.items():
            yield from objects(inner, f"{place}/{name}")


def test_answers_may_hold_nothing_else_than_described() -> None:
    found = dict(objects(COMPONENTS["schemas"]))
    assert len(found) > 15
    for place, schema in found.items():
        assert schema["additionalProperties"] is False, place
        assert set(schema["required"]) <= set(schema["properties"]), place


def test_every_example_is_as_described() -> None:
    examples = []
    for parameter in COMPONENTS["parameters"].values():
        examples.append((parameter["name"], parameter["schema"], parameter["example"]))
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            for kind, media in resolved(response).get("content", {}).items():
                if "example" in media:
                    examples.append((f"{name} {status} {kind}", media["schema"], media["example"]))
        for kind, media in resolved(operation.get("requestBody", {})).get("content", {}).items():
            if "example" in media:
                examples.append((f"{name} {kind}", media["schema"], media["example"]))
    assert len(examples) > 50
    for name, schema, example in examples:
        validator = Draft202012Validator({**schema, "components": COMPONENTS})
        assert [error.message for error in validator.iter_errors(example)] == [], name


def addresses(app: Flask, client: FlaskClient) -> list[tuple[str, str]]:
    """The rule of every GET route, and an address of it that is there."""
    found = []
    for rule in rules(app):
        if "GET" not in (rule.methods or ()):
            continue
        values = {}
        for place, converter in rule._converters.items():
            if isinstance(converter, AnyConverter):
                values[place] = min(converter.items)
            else:
                assert place in PLACES, f"say in PLACES what stands for {place} in {rule.rule}"
                values[place] = PLACES[place](client)
        with app.test_request_context():
            found.append((rule.rule, app.url_map.bind("").build(rule.endpoint, values)))
    return found


def test_every_page_is_there_as_json(app: Flask, client: FlaskClient) -> None:
    known = {rule.rule for rule in rules(app)}
    pages = []
    for rule, address in addresses(app, client):
        response = client.get(address)
        assert response.status_code == 200, address
        if response.mimetype != "text/html" or rule in NO_JSON:
            continue
        pages.append(rule)
        assert f"{rule}.json" in known, f"{rule} needs {rule}.json, or its reason in NO_JSON"
        data = client.get(f"{address}.json")
        assert (data.status_code, data.mimetype) == (200, "application/json")
    assert len(pages) >= 6
    assert set(NO_JSON) <= known


def test_the_help_as_data_has_every_example_and_label(client: FlaskClient) -> None:
    data = client.get("/help.json").json
    searches = [
        search
        for section in data["sections"]
        for example in section["examples"]
        for search in example["searches"]
    ]
    assert searches == [
        dict(search.params())
        for section in SECTIONS
        for row in section.rows
        for search in row.searches
    ]
    assert {name for names in data["fields"].values() for name in names} == set(FIELDS)
    assert data["labels"]["kind"] == {"article": "文章", "newsflash": "快讯"}
    english = client.get("/help.json?lang=en").json
    assert english["labels"]["kind"] == {"article": "Article", "newsflash": "Newsflash"}
    assert english["labels"]["field"]["city"] == "City"
    assert english["sections"][0]["title"] == "Word"
    assert english["labels"]["date_origin"]["text"] == "inferred from the text"


@pytest.mark.parametrize(
    ("method", "url", "status"),
    [
        ("GET", "/nowhere.json", 404),
        ("GET", "/d/aaaaaaaaaaaaa.json", 404),
        ("GET", "/d/%ff.json", 404),
        ("GET", "/d/a/b.json", 404),
        ("GET", "/search.json?page=0", 400),
        ("GET", "/search.json?q=%c9%ee%db%da", 400),
        ("GET", "/search.csl?q=%ff", 400),
        ("GET", "/search.jsonl?%ff=1", 400),
        ("GET", "/trends.json?q=%ff", 400),
        ("GET", "/trends.json?unit=ounces", 400),
        ("GET", "/trends.json?q=&q=&q=&q=&q=&q=", 400),
        ("GET", "/help.json?lang=fr", 400),
        ("GET", "/p/aaaaaaaaaaaaa.json", 404),
        ("GET", "/add/aaaaaaaaaaaaa.json", 404),
        ("GET", "/new.json?new=1", 400),
        ("GET", "/new.json?since=yesterday", 400),
        ("POST", "/basket.json", 400),
        ("POST", "/basket.csl", 400),
        ("GET", "/basket.json", 405),
        ("POST", "/search.json", 405),
        ("PUT", "/openapi.json", 405),
        ("DELETE", "/healthz", 405),
        ("TRACE", "/d/aaaaaaaaaaaaa.json", 405),
    ],
)
def test_errors_of_json_are_sentences_as_json(
    client: FlaskClient, method: str, url: str, status: int
) -> None:
    response = client.open(url, method=method)
    assert (response.status_code, response.mimetype) == (status, "application/json")
    assert list(response.json) == ["error"]
    assert list(response.json["error"]) == ["message"]
    assert re.search("[\u4e00-\u9fff]{2}.*。$", response.json["error"]["message"])
    if status == 405:
        allow = {"POST", "OPTIONS"} if url.startswith("/basket") else {"GET", "HEAD", "OPTIONS"}
        assert set(response.allow) == allow
    english = client.open(f"{url}{'&' if '?' in url else '?'}lang=en", method=method)
    if "lang=" not in url:
        assert not re.search("[\u4e00-\u9fff]", english.json["error"]["message"])


@pytest.mark.parametrize("url", ["/search.atom", "/search.ris", "/trends.csv", "/trends.svg"])
def test_errors_of_other_files_are_plain_text(client: FlaskClient, url: str) -> None:
    response = client.get(f"{url}?from=x")
    assert (response.status_code, response.mimetype) == (400, "text/plain")
    assert "“x”不是有效的日期" in response.text


def as_described(operation: str, response: TestResponse, status: int) -> None:
    """Hold an answer to what is described of it."""
    assert response.status_code == status
    described = resolved(OPERATIONS[operation]["responses"][str(status)])
    assert {*described.get("headers", ())} <= {*response.headers.keys()}
    content = described.get("content", {})
    if not content:
        assert response.data == b""
        return
    schema = content[response.mimetype]["schema"]
    if response.is_json:
        Draft202012Validator({**schema, "components": COMPONENTS}).validate(response.json)


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/basket.json", "/basket.json"),
        ("/basket.{form}", "/basket.csl"),
        ("/basket.{form}", "/basket.md"),
        ("/d/{document_id}/correct", "/d/{document_id}/correct"),
        ("/d/{document_id}/hide", "/d/{document_id}/hide"),
        ("/add", "/add"),
        ("/add/{upload_id}/pieces", "/add/{upload_id}/pieces"),
    ],
)
def test_what_is_too_large_is_refused_as_described(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, path: str, url: str
) -> None:
    for place, value in PLACES.items():
        url = url.replace(f"{{{place}}}", value(client))
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    response = client.post(url, data={"basket": "[]", "reason": "长" * 1000}, headers=OURS)
    as_described(f"POST {path}", response, 413)


def test_curating_is_answered_as_described(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = first_id(client)

    def post(what: str, status: int, id_: str = id_, **form: str) -> None:
        response = client.post(f"/d/{id_}/{what}", data=form, headers=OURS)
        as_described(f"POST /d/{{document_id}}/{what}", response, status)

    corrected = {"title": "改过", "published": "2020", "cities": "", "author": "甲", "source": ""}
    post("correct", 303, kind="newsflash", **corrected)
    for path in ("/d/{document_id}.json", "/search.json"):
        url = path.replace("{document_id}", id_)
        as_described(f"GET {path}", client.get(url, query_string={"q": "改过"}), 200)
    assert set(client.get(f"/d/{id_}.json").json["corrections"]) == {
        *("title", "published", "cities", "author", "kind")
    }
    post("correct", 400, title=" ")
    post("hide", 303, reason="重复")
    for form, described in [("", ""), (".json", ".json"), (".bib", ".{form}"), (".csl", ".{form}")]:
        as_described(f"GET /d/{{document_id}}{described}", client.get(f"/d/{id_}{form}"), 410)
    post("unhide", 303)
    monkeypatch.setattr(curating, "_WAIT_SECONDS", 0.1)
    with data_lock(folder, "add", 0, lambda _: None):
        for what in ("correct", "hide", "unhide"):
            post(what, 503)
    for what in ("correct", "hide", "unhide"):
        post(what, 404, "a" * 13)
        response = client.post(f"/d/{id_}/{what}")
        as_described(f"POST /d/{{document_id}}/{what}", response, 403)


def test_adding_is_answered_as_described(client: FlaskClient) -> None:
    file = (b"{}\n{", "news.jsonl")

    def post(path: str, status: int, id_: str = "", **files: tuple[bytes, str]) -> TestResponse:
        data = {name: (io.BytesIO(content), called) for name, (content, called) in files.items()}
        url = path.replace("{upload_id}", id_)
        response = client.post(url, data=data, headers=OURS, content_type="multipart/form-data")
        as_described(f"POST {path}", response, status)
        return response

    post("/add", 400)
    assert "没有选文件" not in client.post("/add?lang=en", headers=OURS).text
    began = post("/add/uploads", 200).json
    one, piece = began["id"], "/add/{upload_id}/pieces"
    post(piece, 204, one, **{"0:0": file})
    post(piece, 400, one, **{"0:999": file})
    post(piece, 400, one, piece=file)
    as_described("GET /add/{upload_id}.json", client.get(f"{began['url']}.json"), 200)
    post("/add/{upload_id}/complete", 204, one)
    sent = post("/add", 303, files=file)  # waits for its end
    upload = client.get(f"{sent.location}.json")
    as_described("GET /add/{upload_id}.json", upload, 200)
    assert (upload.json["state"], upload.json["refused"]) == ("done", 2)
    again = "/add/{upload_id}"
    post(again, 303, one)
    for path in (again, piece, "/add/{upload_id}/complete"):
        post(path, 404, "unknown")
        as_described(f"POST {path}", client.post(path.replace("{upload_id}", one)), 403)
    for path in ("/add", "/add/uploads"):
        as_described(f"POST {path}", client.post(path), 403)


def test_what_is_asked_at_random_is_answered_as_described() -> None:
    done = fuzz("--max-examples=10", "--generation-deterministic")
    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout
