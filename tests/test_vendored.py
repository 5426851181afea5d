"""Foreign files lie in the tree as their makers published them, and pages ask nobody else for anything."""

import hashlib
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = settings.BASE_DIR
VENDORED = sorted([*(ROOT / "static" / "vendor").iterdir(), *(ROOT / "tests" / "vendor").iterdir()])
# A page's own files: what a browser would be told to fetch.
SOURCES = sorted(
    path
    for pattern in (
        "templates/**/*.html",
        "*/templates/**/*.html",
        "static/css/*.css",
        "static/js/*.js",
        "static/img/*",
    )
    for path in ROOT.glob(pattern)
)
TEMPLATES = [path for path in SOURCES if path.suffix == ".html"]
# Names of formats, never fetched.
NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_vendored_folder_has_its_licence_and_the_hash_of_every_file(folder: Path):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    stated = {name.strip(" *"): digest for digest, name in (line.split(" ", 1) for line in lines)}
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "SHA256SUMS"
    }
    assert {name: found.get(name) for name in stated} == stated
    assert {name for name in found if name.endswith(".js")} <= set(stated)
    assert "LICENSE" in found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_page_refers_to_another_host(path: Path):
    text = path.read_text()
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert re.findall(r"https?://|[\"'(]//\w", text) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_holds_script_or_style_of_its_own(path: Path):
    """The policy of wuyang.middleware would refuse them in the browser."""
    text = path.read_text()
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son[a-z]+=\"", text)
    assert inline == []
