"""The explorer's page in a real browser."""

import shutil
import socket
import time

import numpy as np
import pytest
import served_models
from PIL import Image
from short_runs import new_run, tiny

from tfgans._files import append_line
from tfgans.pages import Explorer, load_run, loaded_model

_BROWSER, _DRIVER = (shutil.which(name) for name in ("chromium", "chromedriver"))
_SECONDS = 30

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("event_loops"),
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


def pixels(browser, name):
    """The pixels of a picture of the page, as text; empty if there is none."""
    return browser.execute_script(
        "const image = document.querySelector(`#${arguments[0]} img`);"
        "if (!image || !image.complete || !image.naturalWidth) return '';"
        "const canvas = document.createElement('canvas');"
        "[canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];"
        "canvas.getContext('2d').drawImage(image, 0, 0); return canvas.toDataURL();",
        name,
    )


def open_tab(browser, name):
    tabs = browser.find_elements("css selector", "button[role=tab]")
    next(tab for tab in tabs if tab.text == name and tab.is_displayed()).click()


def test_samples_sliders_and_pictures(browser, tmp_path):
    from tfgans.pages import page

    model = served_models.encoding()
    with page.served(Explorer(lambda: loaded_model(model, "encoding"))) as address:
        assert address.startswith("http://127.0.0.1:")
        browser.get(address)
        wait(lambda: pixels(browser, "samples"))
        open_tab(browser, "Directions")
        before = wait(lambda: pixels(browser, "moved-samples"))
        slider = wait(lambda: browser.find_elements("css selector", "#direction-1 input[type=range]"))[0]
        # Keys move a slider as a hand does.
        slider.send_keys("\ue014" * 20)
        wait(lambda: pixels(browser, "moved-samples"), lambda now: now not in ("", before))

        open_tab(browser, "Pictures")
        files = []
        for shade in (0, 255):
            files.append(str(tmp_path / f"{shade}.png"))
            Image.fromarray(np.full((8, 8), shade, np.uint8)).save(files[-1])
        assert pixels(browser, "reconstructions") == ""
        wait(lambda: browser.find_elements("css selector", "#files input[type=file]"))[0].send_keys("\n".join(files))
        wait(lambda: pixels(browser, "reconstructions"))
        wait(lambda: pixels(browser, "interpolation"))
        assert pixels(browser, "morph") == ""

        loaded = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
        assert loaded
        assert [name for name in loaded if not name.startswith((address, "blob:", "data:"))] == []


def test_the_page_follows_a_run_that_trains(browser, tmp_path):
    from tfgans.pages import page

    run = new_run(tmp_path / "run", tiny("gan/digits"))
    run.grids.mkdir()
    with page.served(Explorer(lambda: load_run(run.path), workdir=run.path)) as address:
        browser.get(address)
        wait(lambda: pixels(browser, "samples"))
        open_tab(browser, "Training")

        def text():
            return browser.find_element("id", "progress").text

        wait(text, lambda now: now.startswith("Step 0 of"))
        assert pixels(browser, "newest-grid") == ""
        Image.new("L", (8, 8)).save(run.grids / "step_00000020.png")
        append_line(run.metrics_file, {"step": 20, "seconds": 1.0, "loss": 0.5})
        append_line(run.alarms_file, {"step": 20, "overlap": 0.125})
        wait(text, lambda now: "Alarms: step 20: overlap 0.125" in now)
        wait(lambda: pixels(browser, "newest-grid"))
        wait(lambda: pixels(browser, "curves"))


def test_a_port_that_is_taken_is_an_error():
    from tfgans.pages import page

    explorer = Explorer(lambda: loaded_model(served_models.encoding(), "encoding"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on port {port} of 127"), page.served(explorer, port=port):
            pass
