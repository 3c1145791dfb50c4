"""docs/licences.md lists what is installed with the program, and what data others gave."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

from tools.licences import PAGE, installed, listed, main
from tools.requirements import ROOT, pinned

TEXT = PAGE.read_text("utf-8")
# What a licence may be without asking anything of who uses the program.
PERMITTED = re.compile(r"MIT|BSD|Apache|MPL|ZPL|CNRI|0BSD|Zlib|CC0|PSF|ISC|Zope")


def test_every_distribution_of_the_lock_is_listed_and_no_other() -> None:
    assert set(listed(TEXT)) == {each.name for each in pinned()}, "python -m tools.licences"


def test_licences_are_those_of_the_metadata_where_the_version_is_the_locked_one() -> None:
    compared = 0
    for each in pinned():
        found = installed(each.name)
        if found and version(each.name) == str(each.version):
            compared += 1
            assert listed(TEXT)[each.name] == found, "python -m tools.licences"
    assert compared > 5


def test_all_of_them_may_be_used_for_anything() -> None:
    for name, (licence, _) in listed(TEXT).items():
        choices = licence.split(" OR ")
        assert any(
            all(PERMITTED.search(part) for part in choice.split(" AND ")) for choice in choices
        ), f"{name}: {licence}"


def test_writing_the_table_again_leaves_the_rest_as_it_is(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(TEXT, "utf-8")
    before = listed(TEXT)
    main(page)
    after = page.read_text("utf-8")
    assert set(listed(after)) == set(before)
    strip = re.compile(r"^\|.*$", re.MULTILINE)
    assert strip.sub("", after) == strip.sub("", TEXT)


def test_data_of_others_is_listed_with_its_licence() -> None:
    """Every README that names an origin has a line, and every line a README that says it."""
    of_others = re.compile(r"^- Origin: |\| origin and licence \|", re.MULTILINE)
    readmes = [*(ROOT / "indexer").rglob("README.md"), *(ROOT / "index_data").rglob("README.md")]
    named = {
        readme.relative_to(ROOT).as_posix()
        for readme in readmes
        if of_others.search(readme.read_text("utf-8"))
    }
    assert len(named) >= 3
    rows = re.findall(r"^\| `(.*)` \| .* \| (.*) \| `(.*)` \|$", TEXT, re.MULTILINE)
    assert {readme for _, _, readme in rows} == named
    for file, licences, readme in rows:
        assert (ROOT / readme).with_name(file).exists()
        said = (ROOT / readme).read_text("utf-8")
        for licence in licences.split(", "):
            assert licence.replace("-2.0", "") in said.replace("Apache License", "Apache")


def test_every_folder_of_data_says_what_it_is_under() -> None:
    suffixes = {".tsv", ".txt"}
    folders = {each.parent for each in (ROOT / "indexer").rglob("*") if each.suffix in suffixes}
    without = ROOT / "indexer" / "query"  # two short lists of words, ours, beside the code
    for folder in folders - {without}:
        said = (folder / "README.md").read_text("utf-8")
        assert re.search("licence", said, re.IGNORECASE), folder
        assert folder.relative_to(ROOT).as_posix() in TEXT, folder
