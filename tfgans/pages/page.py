"""The page of the explorer: a thin layer of Gradio over `Explorer`."""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from tfgans import data
from tfgans._errors import needs_extra
from tfgans.pages.explorer import DIRECTION_RANGE, Explorer

with needs_extra("explore"):
    # Gradio reads it when it is imported.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    import gradio as gr

_FONTS = ("system-ui", "sans-serif")
_MOST_SAMPLES = 100
_ROW = 8
# Seconds between two looks at a run that trains.
_REFRESH = 5.0
_LARGEST_FILE = "64mb"


def make_page(explorer: Explorer) -> gr.Blocks:
    """Returns the page of an explorer, which nobody serves yet."""
    with gr.Blocks(title=f"Explorer: {explorer.loaded.title}", analytics_enabled=False) as page:
        title = gr.Markdown(f"## {explorer.loaded.title}")
        with gr.Row():
            seed = gr.Number(0, label="Seed", precision=0, minimum=0, elem_id="seed")
            label = _label_controls(explorer)
        # A browser that opens the page later than this, or another checkpoint, needs other pictures.
        page.load(lambda: f"## {explorer.loaded.title}", None, title, **_EVENT)
        opened = (page.load, title.change)
        for section in explorer.sections:
            with gr.Tab(section.capitalize(), id=section):
                _SECTIONS[section](explorer, opened, seed, label)
        if "training" in explorer.sections:
            newest = gr.Button("Load the newest checkpoint", elem_id="newest")
            newest.click(lambda: f"## {explorer.load_newest()}", None, title, **_EVENT)
    return page


@contextlib.contextmanager
def served(explorer: Explorer, host: str = "127.0.0.1", port: int | None = None) -> Iterator[str]:
    """Serves the page of an explorer while the context lasts.

    Args:
        explorer: The explorer.
        host: Address to listen on. Only programs of this machine reach 127.0.0.1.
        port: Port to listen on; by default the first free one from 7860 on.

    Yields:
        The address of the page.

    Raises:
        OSError: If the port is taken.
    """
    page = make_page(explorer)
    try:
        _, address, _ = page.launch(
            server_name=host,
            server_port=port,
            prevent_thread_lock=True,
            share=False,
            quiet=True,
            inbrowser=False,
            show_error=True,
            footer_links=[],
            max_file_size=_LARGEST_FILE,
            ssr_mode=False,
            enable_monitoring=False,
            theme=gr.themes.Base(font=_FONTS, font_mono=("monospace",)),
        )
    except OSError as error:
        page.close()
        raise OSError(f"The page cannot listen on port {port or 'any'} of {host}; name another --port.") from error
    try:
        yield address.rstrip("/")
    finally:
        page.close()


# All events take their turn, since a model answers one question at a time.
_EVENT: dict[str, Any] = {"concurrency_id": "model", "concurrency_limit": 1, "api_visibility": "private"}


def _label_controls(explorer: Explorer) -> list[gr.components.Component]:
    """A choice of a class, a slider for each attribute, or nothing."""
    names = explorer.loaded.label_names
    if explorer.loaded.conditioning == "class":
        return [gr.Dropdown(list(zip(names, range(len(names)), strict=True)), value=0, label="Class", elem_id="label")]
    return [
        gr.Slider(0.0, 1.0, value, step=0.05, label=name)
        for name, value in zip(names, explorer.first_label or (), strict=True)
    ]


def _label(explorer: Explorer, values: Sequence[Any]) -> Any:
    """The label of the values of the controls."""
    return {None: None, "class": next(iter(values), None), "attributes": list(values)}[explorer.loaded.conditioning]


def _picture(name: str) -> gr.Image:
    # Gradio's own label would cover a part of the picture.
    gr.Markdown(f"**{name}**")
    return gr.Image(
        label=name,
        show_label=False,
        format="png",
        interactive=False,
        buttons=["download", "fullscreen"],
        elem_id=name.lower().replace(" ", "-"),
    )


def _shown(answer: Callable[..., Any], *arguments: Any) -> Any:
    """Calls the explorer, and shows bad input as a message of the page."""
    try:
        return answer(*arguments)
    except (ValueError, OSError) as error:
        raise gr.Error(" ".join(str(error).split())) from error


def _samples(explorer: Explorer, opened: Sequence[Any], seed: Any, label: list[Any]) -> None:
    count = gr.Slider(1, _MOST_SAMPLES, 32, step=1, label="Number of samples", elem_id="count")
    picture = _picture("Samples")

    def draw(count: int, seed: int, *values: Any) -> np.ndarray:
        return _shown(explorer.samples, count, seed or 0, _label(explorer, values))

    inputs = [count, seed, *label]
    gr.on([*opened, *(control.change for control in inputs)], draw, inputs, picture, **_EVENT)


def _directions(explorer: Explorer, opened: Sequence[Any], seed: Any, label: list[Any]) -> None:
    gr.Markdown(
        "Each slider moves the latents of eight samples along one direction, in standard deviations. The images "
        "change most along the first direction."
    )
    limits = (-DIRECTION_RANGE, DIRECTION_RANGE, 0.0)
    with gr.Row():
        sliders = [
            gr.Slider(
                *limits, step=0.1, label=f"Direction {number + 1}", min_width=240, elem_id=f"direction-{number + 1}"
            )
            for number in range(explorer.direction_count)
        ]
    picture = _picture("Moved samples")

    def draw(seed: int, *values: Any) -> np.ndarray:
        amounts, labels = values[: len(sliders)], values[len(sliders) :]
        return _shown(explorer.moved, _ROW, seed or 0, amounts, _label(explorer, labels))

    inputs = [seed, *sliders, *label]
    gr.on([*opened, *(control.change for control in inputs)], draw, inputs, picture, **_EVENT)


def _pictures(explorer: Explorer, opened: Sequence[Any], seed: Any, label: list[Any]) -> None:
    gr.Markdown(
        "One picture is reconstructed. Two have a way between them, and four an array. They stay on this machine."
    )
    files = gr.File(
        label="Pictures", file_count="multiple", file_types=list(data.IMAGE_SUFFIXES), type="filepath", elem_id="files"
    )
    pictures = [_picture(name) for name in ("Reconstructions", "Interpolation", "Morph")]
    answers = ((1, explorer.reconstructions), (2, explorer.between), (4, explorer.morphed))

    def draw(files: list[str] | None, *values: Any) -> list[np.ndarray | None]:
        given = files or []
        label = _label(explorer, values)
        return [_shown(answer, given, label) if len(given) >= least else None for least, answer in answers]

    gr.on([control.change for control in (files, *label)], draw, [files, *label], pictures, **_EVENT)


def _neighbours(explorer: Explorer, opened: Sequence[Any], seed: Any, label: list[Any]) -> None:
    gr.Markdown("Each row has a sample, and then the training images whose pixels are nearest. Copies look the same.")
    button = gr.Button("Find neighbours", elem_id="find")
    picture = _picture("Neighbours")

    def draw(seed: int, *values: Any) -> np.ndarray:
        return _shown(explorer.neighbours, _ROW, seed or 0, _label(explorer, values))

    button.click(draw, [seed, *label], picture, **_EVENT)


def _training(explorer: Explorer, opened: Sequence[Any], seed: Any, label: list[Any]) -> None:
    progress = gr.Markdown(elem_id="progress")
    grid, curves = _picture("Newest grid"), _picture("Curves")
    shown = gr.State("")

    def look(before: str) -> Any:
        now = _shown(explorer.progress)
        # Curves take a second of the machine that trains, so they are drawn only if there is something new.
        if now == before:
            return gr.skip()
        return now, now, _shown(explorer.newest_grid), _shown(explorer.curves)

    timer = gr.Timer(_REFRESH)
    gr.on([*opened, timer.tick], look, shown, [shown, progress, grid, curves], **_EVENT)


_SECTIONS: dict[str, Callable[..., None]] = {
    "samples": _samples,
    "directions": _directions,
    "pictures": _pictures,
    "neighbours": _neighbours,
    "training": _training,
}


def serve(explorer: Explorer, host: str, port: int | None) -> None:
    """Serves the page, and prints its address, until a signal ends the process. Arguments are those of `served`."""
    with served(explorer, host, port) as address:
        print(f"page: {address} (Ctrl-C ends it)", flush=True)
        threading.Event().wait()
