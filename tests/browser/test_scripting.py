"""Nothing that is read, typed or sent runs in a reader's browser, even without the policy.

Every payload of ``tests/payloads.toml`` is stored wherever a text can come from, and sent in every
parameter.  Chromium then opens the pages with Content-Security-Policy turned off, so that escaping
alone has to hold, and some of them with it, so that it would be told what the policy had to stop.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page

from indexer.catalog import Catalog
from indexer.corrections import LONGEST
from indexer.engine.whoosh import WhooshEngine
from indexer.pipeline import add, complete
from indexer.sources import read_paths
from tests.browser.conftest import serving
from tests.payloads import GROUPS, PAYLOADS
from webui import create_app
from webui.access import Access
from webui.api import description

pytestmark = pytest.mark.browser

# All of them as one text: where one is not escaped, one of the first gets out.
BREAKOUTS = " ".join(GROUPS["breakouts"])
EVERYTHING = " ".join([BREAKOUTS, *PAYLOADS])
WORD = "检索词"
MARKED = f"{WORD} script img lt amp xss"  # words that stand within the payloads

# What is in a document that no template has, and where its links lead.
FINDINGS = """(elements, base, page) => {
    const found = [];
    const tell = (what, { outerHTML, data }) => found.push(`${what}: ${outerHTML ?? data}`);
    const known = new Set(elements);
    const isOwn = (url) => new URL(url, base).href.startsWith(new URL("/static/", base).href);
    const comments = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
    while (comments.nextNode()) tell("comment", comments.currentNode);
    for (const each of page.querySelectorAll("*")) {
        const name = each.localName;
        if (!known.has(name)) tell("element", each);
        const isCode = name === "script" && each.type !== "application/ld+json";
        const source = each.getAttribute("src") ?? "/";
        if ((isCode || name === "img") && !isOwn(source)) tell("source", each);
        for (const { name, value } of each.attributes) {
            if (/^(on.*|style|src(doc|set)|http-equiv|ping|target)$/i.test(name)) {
                tell("attribute", each);
            }
            if (!/href$|^src$|action$|^data$|^cite$|^poster$/i.test(name)) continue;
            // What is no address leads nowhere.
            const { protocol } = URL.parse(value, base) ?? { protocol: "https:" };
            if (!/^(https?|mailto):$/.test(protocol)) tell("address", each);
        }
    }
    return found;
}"""
IN_PLACE = f"([elements, base]) => ({FINDINGS})(elements, base, document)"
# The same of pages that are only fetched and parsed: ten times as many in a second.
FETCHED = f"""async ([elements, base, paths]) => {{
    const findings = {FINDINGS};
    const found = [];
    for (const path of paths) {{
        const response = await fetch(new URL(path, base));
        const text = await response.text();
        if (response.status >= 500) found.push(`${{response.status}}: ${{path}}`);
        const page = new DOMParser().parseFromString(text, "text/html");
        found.push(...findings(elements, base, page).map((each) => `${{each}} (${{path}})`));
    }}
    return found;
}}"""
TEMPLATES = Path(__file__).parents[2] / "webui" / "templates"
ELEMENTS = sorted(
    {"mark", "tbody", "html", "h2", "h3"}.union(
        *(re.findall(r"<([a-z][a-z0-9]*)", each.read_text("utf-8")) for each in TEMPLATES.iterdir())
    )
)


class Visits:
    """Pages opened in one context, and whatever was wrong in any of them."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.troubles: list[str] = []
        self._address = address
        context.expose_binding(
            "xss", lambda source, *what: self._tell(f"ran {what}", source["page"])
        )
        context.add_init_script(
            """addEventListener("securitypolicyviolation",
                 ({ violatedDirective, sample }) => xss(violatedDirective + sample));"""
        )
        context.on("weberror", lambda error: self.troubles.append(f"error: {error.error}"))
        context.on("request", self._requested)
        self.page = context.new_page()
        self.page.on("dialog", self._dialog)

    def open(self, path: str) -> Page:
        self.page.goto(self._address + path.lstrip("/"), wait_until="load")
        self.look()
        return self.page

    def look(self) -> None:
        """At what the page is now."""
        found = self.page.evaluate(IN_PLACE, [ELEMENTS, self._address])
        self.troubles += [f"{each} ({self.page.url[:200]})" for each in found]

    def fetch(self, paths: Iterable[str]) -> None:
        """Pages that are parsed, without anything running in them."""
        self.troubles += self.page.evaluate(FETCHED, [ELEMENTS, self._address, list(paths)])

    def _tell(self, what: str, page: Page) -> None:
        self.troubles.append(f"{what}: {page.url[:300]}")

    def _dialog(self, dialog: Any) -> None:
        self._tell("dialog", self.page)
        dialog.dismiss()

    def _requested(self, request: Any) -> None:
        if not request.url.startswith(self._address):
            self.troubles.append(f"request: {request.url[:200]}")


@contextmanager
def visiting(chromium: Browser, address: str, *, policy: bool) -> Iterator[Visits]:
    """A reader; ``policy`` tells whether the Content-Security-Policy counts."""
    context = chromium.new_context(locale="zh-CN", bypass_csp=not policy)
    context.set_default_timeout(10_000)
    yield Visits(context, address)
    context.close()


# What is stored


def record(number: int, *payloads: str) -> dict[str, Any]:
    """A document with the payloads in every field."""
    text, first = " ".join(payloads), payloads[0]
    return {
        "title": text,
        "body": "\n\n".join((f"{WORD}第{number}篇", *payloads)),
        "published": f"20{10 + number % 10}-0{1 + number % 9}-{10 + number % 19}",
        "author": text,
        "source": text,
        "category": text,
        "site": text,
        "tags": payloads,
        "cities": payloads,
        "url": first if first in GROUPS["addresses"] else f"https://example.org/{text}",
    }


def files() -> dict[str, str]:
    """A file for each reader, by name."""
    records = [record(number, payload) for number, payload in enumerate(PAYLOADS)]
    groups = [record(1000 + number, *group) for number, group in enumerate(GROUPS.values())]
    made = {"records.jsonl": "\n".join(map(json.dumps, records + groups))}
    # As names of fields, which the page of a record shows.
    everywhere = {payload: payload for payload in PAYLOADS}
    made["fields.jsonl"] = json.dumps({**everywhere, "title": "各栏", "body": f"{WORD} 各栏"})

    table = io.StringIO()
    writer = csv.DictWriter(table, groups[0])
    writer.writeheader()
    for each in groups:
        listed = {**each, "tags": each["title"], "cities": each["title"]}
        writer.writerow({**listed, "body": f"{each['body']} 表"})
    made["table.csv"] = table.getvalue().replace("\0", "")

    def bare(text: str) -> str:
        return "".join(each for each in text if each >= " ").replace("]]>", "")

    def xml(text: str) -> str:
        return escape(bare(text))

    entries = [
        f"<item><title>{xml(text)}</title><link>{xml(group[0])}</link><author>{xml(text)}</author>"
        f"<category>{xml(text)}</category><description>{xml(f'<p>{WORD} 订阅{name} {text}</p>')}"
        f"<![CDATA[{bare(text)}]]></description></item>"
        for name, group in GROUPS.items()
        for text in [" ".join(group)]
    ]
    channel = f"<title>{xml(EVERYTHING)}</title><link>https://example.org/</link>"
    made["feed.xml"] = f'<rss version="2.0"><channel>{channel}{"".join(entries)}</channel></rss>'

    for name, group in GROUPS.items():
        paragraphs = [f"{WORD}{name}{number} {payload}" for number, payload in enumerate(group)]
        paragraphs = [each.replace("\0", "") for each in paragraphs]  # else it is no text
        title, text = group[0], "\n\n".join(paragraphs)
        made[f"{name}.txt"] = f"{title}\n作者：{group[-1]}\n2020-05-06 09:30\n\n{text}"
        made[f"{name}.html"] = (
            f"<!doctype html><html><head><title>{escape(title)}</title>"
            f'<meta property="og:title" content="{escape(title)}">'
            f'<meta name="author" content="{escape(group[-1])}">'
            f'<meta property="og:site_name" content="{escape(group[-1])}">'
            f'<link rel="canonical" href="{escape(group[0])}"></head><body><article><h1>'
            + escape(title)
            + "</h1>"
            + "".join(f"<p>{WORD}网页，{escape(each)}。</p>" for each in paragraphs)
            + f"<div>{group[0]}</div></article></body></html>"
        )
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with all of it."""
    data, given = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("given")
    for name, text in files().items():
        (given / name).write_text(text, encoding="utf-8", newline="")
    with Catalog.open(data / "catalog.db") as catalog:
        engine = WhooshEngine(data / "whoosh", catalog.uuid)
        refused = data / "refused.jsonl"
        add(read_paths([str(given)]), catalog, engine, refused, lambda _: None, lambda _: None)
        complete(catalog, engine)
        engine.close()
    return data


@pytest.fixture(scope="module")
def app(folder: Path) -> Flask:
    """The application with all that it can have."""
    return create_app(folder, allowed=Access(edit=True))


@pytest.fixture(scope="module")
def documents(app: Flask) -> list[dict[str, Any]]:
    """Every document as it is stored."""
    lines = app.test_client().get("/search.jsonl?collapse=0").get_data(as_text=True)
    return [json.loads(line) for line in lines.split("\n") if line]


@pytest.fixture(scope="module")
def corrected(app: Flask, documents: list[dict[str, Any]]) -> list[str]:
    """Documents whose titles, names and cities a curator has typed, and one that is hidden."""
    client, paths = app.test_client(), []
    headers = {"Origin": "http://localhost"}
    for each, group in zip(documents, GROUPS.values(), strict=False):
        group = [payload for payload in group if payload.isprintable()]  # a form takes no others
        text = " ".join(group)[:LONGEST]
        typed = {
            "title": text,
            "author": text,
            "source": text,
            "cities": "、".join(group)[:LONGEST],
        }
        found = client.post(f"/d/{each['id']}/correct", data=typed, headers=headers)
        assert found.status_code == 303
        paths.append(f"/d/{each['id']}")
    hidden = f"/d/{documents[-1]['id']}"
    client.post(f"{hidden}/hide", data={"reason": EVERYTHING[:LONGEST]}, headers=headers)
    assert client.get(hidden).status_code == 410
    return [*paths, hidden]


@pytest.fixture(scope="module")
def site(app: Flask, corrected: list[str]) -> str:
    return serving(app)


@pytest.fixture
def visits(chromium: Browser, site: str, policy: bool) -> Iterator[Visits]:
    with visiting(chromium, site, policy=policy) as visits:
        yield visits
    assert visits.troubles == []


@pytest.fixture
def policy() -> bool:
    return False


BOTH = pytest.mark.parametrize("policy", [False, True], ids=["without policy", "with policy"])


def test_there_are_payloads_enough_and_they_are_stored_as_they_are(
    documents: list[dict[str, Any]],
) -> None:
    assert len(set(PAYLOADS)) >= 250
    assert set(map(len, GROUPS.values())) > {7}
    for field in ("title", "author", "source", "category", "site"):
        stored = {each[field] for each in documents}
        assert len(stored.intersection(PAYLOADS)) >= 200, field
    bodies = "\n".join(each["body"] for each in documents)
    assert sum(payload in bodies for payload in PAYLOADS) >= 180
    for each in documents:
        assert each["url"] is None or each["url"].startswith(("http://", "https://"))


@BOTH
def test_results(visits: Visits, documents: list[dict[str, Any]], policy: bool) -> None:
    query = urlencode({"q": MARKED, "match": "any", "collapse": "0"})
    last = len(documents) // 20 + 1
    for number in range(1, last + 1, 5 if policy else 2):
        visits.open(f"/search?{query}&page={number}")
    if not policy:  # which lets no page parse another
        visits.fetch(f"/search?{query}&page={number}" for number in range(2, last + 1, 2))
    assert visits.page.locator(".hit").count()


def test_documents(visits: Visits, documents: list[dict[str, Any]], corrected: list[str]) -> None:
    """Those that hold a group each, and those that were corrected."""
    whole = [each for each in documents if tuple(each["tags"]) in map(tuple, GROUPS.values())]
    paths = [f"/d/{each['id']}" for each in whole if len(each["tags"]) > 1]
    assert len(paths) >= len(GROUPS) // 2
    for path in (*paths, *corrected):
        visits.open(f"{path}?{urlencode({'q': MARKED})}")


def test_documents_one_by_one(visits: Visits, documents: list[dict[str, Any]]) -> None:
    chosen = {
        each for name in ("breakouts", "json_in_scripts", "marked_words") for each in GROUPS[name]
    }
    own = [each for each in documents if each["title"] in chosen]
    assert len(own) > 40
    visits.open("/help")
    visits.fetch(f"/d/{each['id']}?{urlencode({'q': each['title']})}" for each in own)


def test_pages_as_they_were_read(
    visits: Visits, app: Flask, documents: list[dict[str, Any]]
) -> None:
    client = app.test_client()
    last = {
        re.findall(r"\w+\.(?:jsonl|csv|xml|html|txt)", each["page"])[-1]: each["id"]
        for each in documents
    }
    whole = ("records.jsonl", "fields.jsonl", "table.csv", "feed.xml")
    groups = [f"{name}.{form}" for name in ("breakouts", "handlers") for form in ("txt", "html")]
    for name in (*whole, *groups):
        seen = client.get(f"/d/{last[name]}.json").get_json()["appearances"]
        visits.open(f"/p/{seen[0]['page_id']}?d={last[name]}")


# What is sent


def routes() -> Iterator[tuple[str, str]]:
    """Every page that is asked for by GET, with each of its parameters."""
    described = description()
    shared = described["components"]["parameters"]
    for path, item in described["paths"].items():
        answer = item.get("get", {}).get("responses", {}).get("200", {})
        if "text/html" not in json.dumps(answer):
            continue
        for given in item["get"].get("parameters", ()) + item.get("parameters", []):
            name = given["$ref"].rpartition("/")[2] if "$ref" in given else given["name"]
            parameter = shared[name] if "$ref" in given else given
            yield (
                path,
                parameter["name"] if parameter["in"] == "query" else f"{{{parameter['name']}}}",
            )


@pytest.fixture(scope="module")
def places(app: Flask, documents: list[dict[str, Any]]) -> dict[str, str]:
    """What stands for the parts of an address."""
    client = app.test_client()
    id_ = documents[0]["id"]
    seen = client.get(f"/d/{id_}.json").get_json()["appearances"]
    sent = client.post("/add/uploads", headers={"Origin": "http://localhost"}).get_json()
    return {"document_id": id_, "page_id": seen[0]["page_id"], "upload_id": sent["id"]}


def test_every_parameter_of_every_page(visits: Visits, places: dict[str, str]) -> None:
    found = list(routes())
    assert len({path for path, _ in found}) >= 10
    assert len(found) > 60
    visits.open("/help")
    for path in dict.fromkeys(path for path, _ in found):
        names = [name for each, name in found if each == path]
        asked = path.format(**places)
        queries = [[(name, BREAKOUTS)] for name in names if "{" not in name]
        visits.fetch(f"{asked}?{urlencode([('q', WORD), *query])}" for query in queries)
        for at in range(0, len(queries), 6):  # no URL may be longer than 32 KiB
            visits.open(f"{asked}?{urlencode([*chain(*queries[at : at + 6])])}")
        if path != asked:
            visits.open(re.sub("{.*}", quote(BREAKOUTS, safe=""), path))


FREE = ("q", "city", "category", "author", "source", "site", "tag")
CHECKED = ("from", "to", "kind", "sort", "match", "since", "page", "lang", "unit")


def test_every_payload_in_every_parameter(visits: Visits) -> None:
    visits.open("/help")
    for payload in PAYLOADS:
        query = urlencode([(name, payload) for name in (*FREE, *CHECKED)])
        paths = [f"/search?{query}"]
        if ".." not in payload:  # a path of dots is that of another page
            paths.append(f"/d/{quote(payload, safe='')}")
        visits.fetch(paths)


@BOTH
def test_many_values_at_once(visits: Visits) -> None:
    several = PAYLOADS[::20]  # a hundred values are allowed
    visits.open("/search?" + urlencode([(name, payload) for name in FREE for payload in several]))
    visits.open("/trends?" + urlencode([("q", " ".join(each)) for each in GROUPS.values()][:5]))
    visits.open("/trends?" + urlencode([("q", WORD), ("q", f"-{BREAKOUTS}"), ("lang", "en")]))


# What the scripts do


@BOTH
def test_typing_suggestions_and_going_back(visits: Visits) -> None:
    page = visits.open(f"/search?q={WORD}")
    box = page.locator("#q")
    for typed in ("img src", "script", "<script", "svg", "javascript", "=cmd", "https://evil"):
        with page.expect_response(lambda response: "/suggest.json" in response.url) as answer:
            box.fill(typed)
        shown = answer.value.json()["suggestions"]
        page.locator(".suggestions li").nth(max(len(shown) - 1, 0)).wait_for(
            state="attached"
        ) if shown else None
        visits.look()
    for payload in (GROUPS["breakouts"][0], GROUPS["handlers"][0], EVERYTHING[:1000]):
        box.fill(payload)
        with page.expect_response(lambda response: "/search?" in response.url):
            box.press("Enter")
        page.locator("#main:not([aria-busy])").wait_for()
        visits.look()
    page.go_back()
    page.go_back()
    page.locator("#main:not([aria-busy])").wait_for()
    visits.look()


@BOTH
def test_basket_and_kept_searches(visits: Visits) -> None:
    page = visits.open("/basket")
    page.evaluate(
        """(payloads) => {
            const items = payloads.map((text, at) => ({
                id: text, title: text, note: text, kind: text, date: text, source: text,
                url: /^https?:/.test(text) ? text : `https://example.org/${text}`,
            }));
            items.push(...payloads.map((url, at) => ({ id: `${at}`, title: "x", note: "", url })));
            localStorage.setItem("biwen.basket", JSON.stringify(items));
            const mark = "8f14e45f-1";
            const named = (text) => ({ query: `q=${encodeURIComponent(text)}`, name: text, mark });
            const kept = payloads.map(named);
            kept.push({ query: payloads.join("&"), name: "", mark });
            localStorage.setItem("biwen.kept", JSON.stringify(kept.slice(-40)));
        }""",
        PAYLOADS,
    )
    visits.open("/basket")
    # The page's own module comes after the page has loaded.
    page.locator("[data-items] > li").nth(len(PAYLOADS) - 1).wait_for()
    page.locator("[data-remove]").first.click()  # told by its title
    visits.look()
    visits.open("/kept")
    page.locator("[data-items] > li").nth(39).wait_for()
    page.locator("[data-remove]").first.click()
    visits.look()


def test_names_of_files_that_are_sent(visits: Visits) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, payload in enumerate(PAYLOADS):
            content = f"{WORD}文件{number}" if number % 2 else "MZ\0\1"
            archive.writestr(
                zipfile.ZipInfo(f"{payload}.{'txt' if number % 2 else 'exe'}"), content
            )
    page = visits.open("/add")
    sent = [FilePayload(name="all.zip", mimeType="application/zip", buffer=packed.getvalue())]
    sent += [
        FilePayload(name=f"{payload[:99]}.exe", mimeType="text/html", buffer=b"MZ\0")
        for payload in GROUPS["breakouts"]
    ]
    page.locator("input[type=file]").first.set_input_files(sent)
    page.locator("[data-upload]:not([data-busy])").wait_for(timeout=30_000)
    assert page.locator(".reasons li").count()
    visits.look()
    visits.open("/add")


# This test can fail


def test_what_is_not_escaped_is_found(chromium: Browser, folder: Path) -> None:
    """The same application with one template that does not escape."""
    app = create_app(folder)
    wrong = "<!doctype html><title>{{ sentence }}</title><p>{{ request.args.q | safe }}</p>"
    assert app.jinja_loader
    app.jinja_loader = ChoiceLoader([DictLoader({"error.html": wrong}), app.jinja_loader])
    address = serving(app)
    ran: list[str] = []
    tried = (*GROUPS["script_elements"], *GROUPS["handlers"][:20], *GROUPS["svg_and_math"][:5])
    with visiting(chromium, address, policy=False) as visits:
        for payload in tried:
            visits.open(f"/nothing?q={quote(payload)}")
            assert visits.troubles, payload
            ran += [payload] * any(each.startswith(("ran", "dialog")) for each in visits.troubles)
            visits.troubles.clear()
    assert len(ran) > 30  # the others need a click, or another place to stand in
    with visiting(chromium, address, policy=True) as visits:
        visits.open(f"/nothing?q={quote('<p style=color:red>')}")
    assert any("style-src" in each for each in visits.troubles)
