"""Serves the demo site to a browser, and writes what it shows into files."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test.testcases import LiveServerThread
from django.test.utils import override_settings
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ..chromium import CHROMIUM, FLAGS
from .shots import FOR_VISITORS, HEIGHT, SHOTS, WIDTH
from .staging import Stage

#: Of a file, so that the documentation loads quickly.
MAX_BYTES = 200_000

# What would ask the network, or look different on another machine.
_SETTINGS = {"WAGTAIL_ENABLE_UPDATE_CHECK": False, "WAGTAIL_GRAVATAR_PROVIDER_URL": None}


def take(names: list[str], stage: Stage, folder: Path) -> Iterator[Path]:
    """Take pictures, and yield each file once it is written.

    Args:
        names: Of ``SHOTS``.
        stage: From ``staged()``.
        folder: Where the files are written.

    Raises:
        ValueError: a file would be larger than ``MAX_BYTES``.
    """
    with override_settings(**_SETTINGS), _server() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        visitor, editor = _open(browser, address), _log_in(_open(browser, address), stage)
        for name in names:
            page = visitor if name in FOR_VISITORS else editor
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            yield _write(folder / f"{name}.png", SHOTS[name](page, stage.edited))
        browser.close()


@contextmanager
def _server() -> Iterator[str]:
    server = LiveServerThread("127.0.0.1", StaticFilesHandler)
    server.start()
    server.is_ready.wait()
    try:
        if server.error:
            raise server.error
        yield f"http://{server.host}:{server.port}"
    finally:
        server.terminate()
        server.join()


def _open(browser: Browser, address: str) -> Page:
    context = browser.new_context(base_url=address, locale="en", device_scale_factor=1, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    return context.new_page()


def _log_in(page: Page, stage: Stage) -> Page:
    page.goto("/admin/login/")
    page.fill("input[name=username]", stage.username)
    page.fill("input[name=password]", stage.password)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")
    return page


def _write(file: Path, png: bytes) -> Path:
    """Write a picture with at most 256 colours, which is what a screen of text needs."""
    picture = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        picture, "PNG", optimize=True
    )
    if picture.tell() > MAX_BYTES:
        raise ValueError(f"{file.name} has {picture.tell():,} bytes, more than {MAX_BYTES:,}: show less on it.")
    file.write_bytes(picture.getvalue())
    return file
