"""All pages load one style sheet and one script, joined from the parts; pages travel compressed."""

from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from wuyang.bundles import APART, BUNDLES, join, parts

ROOT = settings.BASE_DIR
TEMPLATES = sorted([*ROOT.glob("templates/**/*.html"), *ROOT.glob("*/templates/**/*.html")])


@pytest.mark.parametrize("kind", ["css", "js"])
def test_every_part_is_joined_once_or_stands_apart(kind):
    found = parts(kind)
    own = {path.relative_to(ROOT / "static").as_posix() for path in (ROOT / "static" / kind).rglob(f"*.{kind}")}
    assert own <= {*found, *APART}
    assert len(found) == len(set(found))


def test_bundle_holds_its_parts_in_their_order():
    style, script = join("css"), join("js")
    assert style.index(":root") < style.index(".button") < style.index("@media print")
    assert script.index("htmx") < script.index("idb") < script.index("scripted")


@pytest.mark.parametrize("path", BUNDLES)
def test_page_finds_the_bundle_on_a_bare_checkout(path):
    assert Path(finders.find(path)).read_text() == join(BUNDLES[path])


def test_changed_part_changes_the_bundle():
    target = Path(finders.find("css/all.css"))
    target.write_text("as it was before a part was changed")
    assert Path(finders.find("css/all.css")).read_text() == join("css")


def test_collected_bundle_has_a_hash_in_its_name_and_is_compressed(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    for folder, kind in (("css", "css"), ("js", "js")):
        (hashed,) = (tmp_path / folder).glob(f"all.*.{kind}.gz")
        assert hashed.stat().st_size < 40_000


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_loads_a_part_by_itself(path):
    text = path.read_text()
    assert [part for kind in ("css", "js") for part in parts(kind) if f"'{part}'" in text] == []


def test_page_travels_compressed_and_a_file_does_not(staff, client_of):
    client = client_of(staff)
    assert client.get("/me/", headers={"Accept-Encoding": "gzip"})["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in client.get("/me/")
    assert "Content-Encoding" not in client.post("/logout/", headers={"Accept-Encoding": "gzip"})
