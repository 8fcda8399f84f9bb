"""The command line: arguments become settings, settings become a run, and a run becomes an exit code.

    0    all fine (also where whoever read our output closed it)
    1    finished, but some records failed; they are listed
    2    wrong use, or an error that ended the run
    130  interrupted; what was read until then is written
    143  the same, by SIGTERM

Errors are one line on standard error that says what to do; ``CLIPCLEAN_DEBUG=1`` shows where they arose.

What takes time to import is imported by ``main``, so that Ctrl-C while the command starts is met there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from clipclean.errors import ClipcleanError

__all__ = ["main"]

WRONG, INTERRUPTED, TERMINATED = 2, 130, 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code.

    >>> main(["clean", "no-such-file.txt", "--drop", "story"])
    2
    """
    try:
        import typer

        from clipclean.cli import index  # noqa: F401 - adds its commands
        from clipclean.cli.about import app
        from clipclean.cli.terminal import complain, end_stdout
        from clipclean.engines.garbage import seldom_collected
        from clipclean.engines.sorting import sort_quickly
    except KeyboardInterrupt:  # nothing has begun, so there is nothing to say
        return INTERRUPTED
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    try:
        sort_quickly()
        with seldom_collected():
            code = typer.main.get_command(app)(given, prog_name="clipclean", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (BrokenPipeError, SystemExit):  # typer makes the second of the first, and of nothing else here
        end_stdout()
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("CLIPCLEAN_DEBUG"):
            raise
        complain(_in_one_line(error))
        try:
            if sys.stdout is not None:
                sys.stdout.flush()
        except OSError:  # a full disk: what is still buffered would fail once more when Python ends
            end_stdout()
        return WRONG


def _in_one_line(error: Exception) -> str:
    if isinstance(error, ClipcleanError):
        return str(error)
    usage = getattr(error, "format_message", None)  # what typer raises for wrong use, whichever parser it is built on
    if usage is not None:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "clipclean"
        message = " ".join(usage().split()).replace("Value error, ", "").rstrip(".?")
        return f"{message}; see {command} --help"
    fault = "this is a fault of clipclean: CLIPCLEAN_DEBUG=1 shows where, please report it"
    return f"{type(error).__name__}: {error}; {fault}"
