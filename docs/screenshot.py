"""Makes docs/briefing.png: the sample workspace's morning, as a mail client shows it in light mode.

Run it as `python docs/screenshot.py`, with Reveille, Pillow and Playwright installed and a Chromium at hand (`CHROMIUM` names its path).
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from service.bootstrap import open_house
from service.briefing import morning, render
from service.sample import write
from service.sample.content import ZONE
from service.settings.server import load_server

DOCS = Path(__file__).parent
MORNING = datetime(2026, 5, 12, 7, 0, tzinfo=ZONE).astimezone(UTC)
"""A fixed day: the picture changes only when the briefing does."""
WIDTH, COLOURS = 720, 64


def html(folder: Path) -> str:
    config = write(folder, MORNING)
    for file in folder.rglob("*"):
        os.utime(file, (MORNING.timestamp() - 3600,) * 2)
    with open_house(load_server(config), clock=lambda: MORNING) as house:
        house.store.accounts.register(house.config.person.id, {s.name: s.kind for s in house.config.sources})
        house.sync.ensure_fresh(timedelta(seconds=60))
        return render.to_html(
            morning.compose(house.config.person, house.items, house.config.rules, MORNING, MORNING, measure=render.words)
        )


def picture(page_html: str) -> bytes:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": 800}, color_scheme="light")
        page.set_content(page_html)
        taken = page.screenshot(full_page=True)
        browser.close()
    return taken


def small(png: bytes) -> bytes:
    """A palette is enough for text on plain grounds, and makes a third of the size."""
    out = BytesIO()
    Image.open(BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = small(picture(html(Path(folder) / "sample")))
    (DOCS / "briefing.png").write_bytes(made)
    print(f"docs/briefing.png: {len(made) / 1000:.0f} kB")
