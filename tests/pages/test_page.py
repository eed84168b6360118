"""The explorer's page in a real browser."""

import shutil
import time

import numpy as np
import pytest
import served_models
from PIL import Image

from tfgans.pages import Explorer, loaded_model

_BROWSER, _DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
_SECONDS = 30

pytestmark = [
    pytest.mark.slow,
    # Gradio warns of its own event loops and of pandas.
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        not (_BROWSER and _DRIVER), reason="needs chromium and chromedriver: apt-get install chromium-driver"
    ),
]


@pytest.fixture
def browser():
    webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium, of the extra `test`")
    options = webdriver.ChromeOptions()
    options.binary_location = _BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--window-size=1280,1000"):
        options.add_argument(argument)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(_DRIVER))
    yield chrome
    chrome.quit()


def wait(value, accepts=bool):
    """Returns a value once it is accepted."""
    end = time.monotonic() + _SECONDS
    while not accepts(found := value()):
        assert time.monotonic() < end, f"waited {_SECONDS} s; the last value is {found!r}"
        time.sleep(0.1)
    return found


def test_samples_sliders_and_pictures(browser, tmp_path):
    from tfgans.pages import page

    def shown(name):
        """The pixels of a picture of the page, as text; empty if there is none."""
        return browser.execute_script(
            "const image = document.querySelector(`#${arguments[0]} img`);"
            "if (!image || !image.complete || !image.naturalWidth) return '';"
            "const canvas = document.createElement('canvas');"
            "[canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];"
            "canvas.getContext('2d').drawImage(image, 0, 0); return canvas.toDataURL();",
            name,
        )

    def open_tab(name):
        tabs = browser.find_elements("css selector", "button[role=tab]")
        next(tab for tab in tabs if tab.text == name and tab.is_displayed()).click()

    model = served_models.encoding()
    with page.served(Explorer(lambda: loaded_model(model, "encoding"))) as address:
        assert address.startswith("http://127.0.0.1:")
        browser.get(address)
        wait(lambda: shown("samples"))
        open_tab("Directions")
        before = wait(lambda: shown("moved-samples"))
        slider = wait(lambda: browser.find_elements("css selector", "#direction-1 input[type=range]"))[0]
        # Keys move a slider as a hand does.
        slider.send_keys("\ue014" * 20)
        wait(lambda: shown("moved-samples"), lambda now: now not in ("", before))

        open_tab("Pictures")
        files = []
        for shade in (0, 255):
            files.append(str(tmp_path / f"{shade}.png"))
            Image.fromarray(np.full((8, 8), shade, np.uint8)).save(files[-1])
        assert shown("reconstructions") == ""
        wait(lambda: browser.find_elements("css selector", "#files input[type=file]"))[0].send_keys("\n".join(files))
        wait(lambda: shown("reconstructions"))
        wait(lambda: shown("interpolation"))
        assert shown("morph") == ""

        loaded = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        assert loaded
        assert [name for name in loaded if not name.startswith((address, "blob:", "data:"))] == []
