"""One style sheet and one script for all pages, joined from the readable parts.

A phone on a slow network pays for each request, not for each line. The parts stay as they are
written; `css/all.css` and `js/all.js` exist only below DATA_DIR and in what collectstatic collects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

# What others build on comes first, and paper has the last word; between them the order of their names.
FIRST = {
    "css": ["css/tokens.css", "css/base.css", "css/controls.css", "css/data.css", "css/feedback.css"],
    "js": ["vendor/htmx-2.0.10/htmx.min.js", "vendor/idb-8.0.4/umd.js", "js/app.js"],
}
LAST = {"css": ["css/print.css"], "js": []}
# The office's large pages load their own: the dashboard with its charts, the chart on the wall, the large screen.
APART = {"css/dashboard.css", "js/dashboard.js", "css/wall.css", "css/screen.css", "js/screen.js"}
BUNDLES = {"css/all.css": "css", "js/all.js": "js"}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def parts(kind: str) -> list[str]:
    """Return the parts of a bundle in their order, as paths below static/."""
    root = settings.BASE_DIR / "static"
    own = sorted(path.relative_to(root).as_posix() for path in (root / kind).rglob(f"*.{kind}"))
    between = [path for path in own if path not in {*FIRST[kind], *LAST[kind], *APART}]
    return [*FIRST[kind], *between, *LAST[kind]]


def join(kind: str) -> str:
    """Return the joined text; each script of ours keeps its names to itself."""
    texts = ((path, (settings.BASE_DIR / "static" / path).read_text()) for path in parts(kind))
    if kind == "css":
        return "\n".join(COMMENT.sub("", text).strip() for _, text in texts) + "\n"
    return "\n".join(text if path.startswith("vendor/") else f"(() => {{\n{text}}})();" for path, text in texts) + "\n"


class BundleFinder(BaseFinder):
    """Gives staticfiles the two bundles, joined anew whenever a part has changed."""

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:
        if path not in BUNDLES:
            return []
        found = str(self._joined(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, FileSystemStorage]]:
        for path in BUNDLES:
            self._joined(path)
            yield path, FileSystemStorage(self._folder())

    def _folder(self) -> Path:
        return Path(settings.DATA_DIR) / "bundles"

    def _joined(self, path: str) -> Path:
        text, target = join(BUNDLES[path]), self._folder() / path
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            # Renamed into place, since another process may be reading it.
            draft = target.with_suffix(f".{id(text)}")
            draft.write_text(text)
            draft.replace(target)
        return target
