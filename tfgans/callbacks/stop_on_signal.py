"""The end of a training after a signal."""

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType

import keras

from tfgans._errors import Interrupted


class StopOnSignal(keras.callbacks.Callback):
    """Saves the model and ends training at the end of the epoch in which a signal came.

    Its context handles SIGINT (Ctrl-C), SIGTERM, SIGHUP and SIGUSR1, unless the process ignores them. It must be the
    last of the callbacks, so that all others have acted on the step that it saves. A second Ctrl-C ends training at
    once, without saving, unless it saves already.

    Args:
        save: Writes the model.

    Raises:
        Interrupted: By `on_epoch_end`, or at the end of the context, after the model was saved.
        KeyboardInterrupt: At a second Ctrl-C.
    """

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)

    def __init__(self, save: Callable[[], object]) -> None:
        super().__init__()
        self._save = save
        self._received: int | None = None
        self._saving = False

    def __enter__(self) -> "StopOnSignal":
        # Python handles signals in the main thread only.
        is_main = threading.current_thread() is threading.main_thread()
        numbers = [number for number in self._SIGNALS if is_main and signal.getsignal(number) != signal.SIG_IGN]
        self._before = {number: signal.signal(number, self._receive) for number in numbers}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.on_epoch_end(0)
        finally:
            for number, handler in self._before.items():
                signal.signal(number, handler)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if number == self._received == signal.SIGINT and not self._saving:
            raise KeyboardInterrupt("Stopped at once; the same command resumes at the last checkpoint.")
        if self._received is None:
            self._received = number
            name = signal.Signals(number).name
            print(f"\nReceived {name}: saving and stopping after this line of metrics.", file=sys.stderr)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        if self._received is not None:
            self._saving = True
            self._save()
            raise Interrupted(self._received)
