"""The pictures of the pages on the explorer, taken from the sample corpus in both languages.

    PYTHONPATH=tests .venv/bin/python -m browser.pictures_of_docs [docs/pictures]

writes `ar/NAME.png` and `en/NAME.png`, each below 60 kB. Run it after a change that they show, and look at them. With
the same version of Chromium and the same fonts they are the same.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from browser import jupyterlab as lab
from PIL import Image

import corpus_kit as ck

SIZE = {"width": 1040, "height": 620}
COLOURS = 64
PANE = "[role=tabpanel]:not([hidden]) "
FOLDERS = {"ar": "نصوصي", "en": "my-texts"}
OTHERS = {"ar": ("مستندات", "صور"), "en": ("Documents", "Pictures")}
COMMAND = [sys.executable, "-c", "from corpus_kit.cli.main import main; main()", "explore"]


@contextmanager
def explorer(folder: Path, *arguments: str) -> Iterator[str]:
    """Run `corpus-kit explore` in a folder, and return the address of its page."""
    own = {
        "HOME": "",
        "JUPYTER_RUNTIME_DIR": ".runtime",
        "JUPYTER_CONFIG_DIR": ".config",
        "CORPUS_KIT_CACHE": tempfile.mkdtemp(dir=folder, prefix="."),
    }
    process = subprocess.Popen(
        [*COMMAND, *arguments, "--no-browser"], stderr=subprocess.PIPE, text=True, cwd=folder,
        env={**os.environ, **{name: str(folder / each) for name, each in own.items()}},
    )  # fmt: skip
    assert process.stderr is not None
    try:
        yield next(found.group() for line in process.stderr if (found := re.search(r"http://\S+token=\w+", line)))
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


def write_texts(folder: Path) -> None:
    """Write the texts of the sample as a reader has them: a folder for each outlet, a file for each text."""
    sample = ck.sample_corpus()
    for row in sample.documents.select("document", "id", "outlet").collect().iter_rows(named=True):
        (folder / row["outlet"]).mkdir(parents=True, exist_ok=True)
        path = folder / row["outlet"] / f"{row['id'].replace(':', '-')}.txt"
        path.write_text(sample.text(row["document"]), encoding="utf-8")


class Camera:
    """A page, and where pictures of it are written."""

    def __init__(self, page: Any, folder: Path) -> None:
        self.page, self._folder = page, folder
        page.set_default_timeout(20_000)

    def take(self, name: str, part: str = "body") -> None:
        """Write a picture of what is shown, or of a part of it, in few colours."""
        self.page.mouse.move(0, 0)
        self.page.wait_for_timeout(700)  # charts and fonts
        self.page.evaluate("document.activeElement?.blur()")
        taken = self.page.screenshot() if part == "body" else self.page.locator(part).screenshot()
        picture = Image.open(BytesIO(taken)).convert("RGB")
        few = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(self._folder / f"{name}.png", optimize=True)

    def tab(self, name: str) -> None:
        """Open a tab."""
        self.page.click(f'[role=tab][aria-controls$="-{name}"]')

    def wait_for_rows(self) -> None:
        """Wait until a table has rows."""
        self.page.locator(f"{PANE}.ck-rows .ck-row:not([aria-busy]) bdi").first.wait_for()
        self.page.wait_for_timeout(500)


def from_a_folder(camera: Camera, folder: str) -> None:
    """Take the way from a folder of texts to key words."""
    camera.page.locator(".rows button", has_text=folder).click()
    camera.page.locator(".above [aria-current]", has_text=folder).wait_for()
    camera.take("start")
    camera.page.click("form .go button")
    camera.wait_for_rows()
    camera.page.locator("[data-kind=report] button").last.click()
    camera.tab("keywords")
    camera.wait_for_rows()
    camera.take("keywords")


def around_the_tabs(camera: Camera) -> None:
    """Do what is done in AntConc."""
    page = camera.page
    camera.wait_for_rows()
    camera.take("words")
    camera.tab("ngrams")
    camera.wait_for_rows()
    page.fill(f"{PANE}[data-name=with_word]", "السهل")
    camera.wait_for_rows()
    camera.take("ngrams")
    camera.tab("concordance")
    page.locator(".ck-box:visible").fill("هدنة")
    page.wait_for_selector(f"{PANE}.ck-lines tbody tr")
    page.locator(f"{PANE}.ck-group select").first.select_option("after1")
    page.wait_for_timeout(700)
    camera.take("concordance")
    page.locator(f"{PANE}.ck-lines td.ck-reference button").first.click()
    page.wait_for_selector(".ck-reading:visible .ck-paper *")
    camera.take("text")
    page.click(".ck-back")
    page.get_by_role("button", name=re.compile("^(مواضع الورود|Plot)$")).click()
    page.wait_for_timeout(700)
    camera.take("plot")
    camera.tab("collocates")
    page.fill(f"{PANE}[data-name=pattern]", "السهل")
    page.locator(f"{PANE}.ck-toggle").filter(has_text=re.compile("بلا كلمات وظيفية|without function words")).click()
    camera.wait_for_rows()
    camera.take("collocates")
    page.select_option(f"{PANE}.ck-chart-choice select", "collocation_network")
    page.wait_for_selector(f"{PANE}.ck-picture circle")
    page.set_viewport_size({"width": 900, "height": 1000})  # the whole network
    camera.take("network", f"{PANE}.ck-picture")
    page.set_viewport_size(SIZE)
    camera.tab("trends")
    page.fill(f"{PANE}[data-name=patterns]", "هدنة، المسيرات")
    camera.wait_for_rows()
    page.select_option(f"{PANE}.ck-chart-choice select", "trend")
    page.wait_for_selector(f"{PANE}.ck-picture svg")
    camera.take("trends")
    camera.tab("words")
    page.click(".ck-selection-button")
    page.wait_for_selector("fieldset input[type=checkbox]")
    camera.take("selection")
    page.click(".ck-selection-button")
    page.click(".ck-session-button")
    page.wait_for_selector(".ck-steps li")
    camera.take("session")


def main(target: Path) -> None:
    """Take all pictures."""
    sample = str(ck.sample_corpus().path)
    folder = Path(tempfile.gettempdir()) / "sara"  # pictures show its name
    folder.mkdir()
    try:
        _take(folder, target, sample)
    finally:
        shutil.rmtree(folder)


def _take(folder: Path, target: Path, sample: str) -> None:
    with lab.driver() as driver:
        browser = lab.launch(driver)
        for language, name in FOLDERS.items():
            there = target / language
            there.mkdir(parents=True, exist_ok=True)
            home = folder / language
            write_texts(home / name)
            for other in OTHERS[language]:
                (home / other).mkdir()
            for arguments, visit in (((), lambda camera: from_a_folder(camera, name)), ((sample,), around_the_tabs)):  # noqa: B023
                with explorer(home, *arguments, "--language", language) as address:
                    page = browser.new_page(viewport=SIZE, locale=language)
                    page.goto(address)
                    visit(Camera(page, there))
                    page.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
