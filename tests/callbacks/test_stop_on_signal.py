import os
import signal
import threading
import time

import pytest

from tfgans import callbacks


def send(number):
    """Sends this process a signal, and lets Python hear it."""
    os.kill(os.getpid(), number)
    time.sleep(0.01)


def train(stop, *epochs):
    """Epochs of a training, in each of which some signals come; gives what ended it."""
    try:
        with stop:
            for epoch, signals in enumerate(epochs):
                for number in signals:
                    send(number)
                stop.on_epoch_end(epoch)
    except KeyboardInterrupt as error:
        return error
    return None


def test_acts_at_the_end_of_the_epoch_and_saves_once(capsys):
    saved = []
    stop = callbacks.StopOnSignal(lambda: saved.append(1))
    error = train(stop, [], [signal.SIGTERM], [signal.SIGHUP])
    assert error.signal == signal.SIGTERM
    assert saved == [1]
    assert "Received SIGTERM: saving and stopping" in capsys.readouterr().err


def test_a_signal_after_the_last_epoch_is_heard_too():
    saved = []
    with pytest.raises(KeyboardInterrupt), callbacks.StopOnSignal(lambda: saved.append(1)):
        send(signal.SIGHUP)
    assert saved == [1]


def test_signals_while_it_saves_change_nothing():
    saved = []

    def save():
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGINT, signal.SIGUSR1):
            send(number)
        saved.append(1)

    assert train(callbacks.StopOnSignal(save), [signal.SIGINT]).signal == signal.SIGINT
    assert saved == [1]


def test_a_second_ctrl_c_stops_at_once_without_saving():
    saved = []
    error = train(callbacks.StopOnSignal(lambda: saved.append(1)), [signal.SIGINT, signal.SIGINT])
    assert "at once" in str(error)
    assert not saved


def test_a_signal_that_the_process_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with callbacks.StopOnSignal(lambda: pytest.fail("It saved.")):
            send(signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_outside_the_main_thread_it_hears_nothing_and_fails_nothing():
    errors = []

    def work():
        try:
            with callbacks.StopOnSignal(lambda: None):
                pass
        except Exception as error:
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not errors
