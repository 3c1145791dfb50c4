"""A command line that speaks the language of the program and shows no traceback."""

from __future__ import annotations

import errno
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import Any, Final

import click

from indexer.errors import UserError, WrongUsage
from indexer.i18n import N_, Message, gettext, ngettext
from indexer.sources import Meter, Refusal

EXIT_UNREADABLE: Final = 1
EXIT_PROGRAM_ERROR: Final = 70  # EX_SOFTWARE of sysexits.h
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT
EXIT_BROKEN_PIPE: Final = 141  # 128 + SIGPIPE

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_TOLD_OF_EACH: Final = 3
_BAR_WIDTH: Final = 20
_REDRAW_SECONDS: Final = 0.2
_HEADINGS: Final = {"Options": N_("选项"), "Commands": N_("命令")}


class _Formatter(click.HelpFormatter):
    """Click's help with headings in the current language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or gettext("用法：") + " ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(gettext(_HEADINGS.get(heading, heading)))


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help is in the current language."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option ``--help``."""
        option = super().get_help_option(ctx)
        if option:
            option.help = gettext("显示这段说明")
        return option


class Group(Command, click.Group):
    """Commands, of which ``default`` is run, with its options, when none is named."""

    command_class = Command

    def __init__(self, *args: Any, default: Sequence[str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the command line, with the default command when it names none."""
        if not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names):
            args = [*self._default, *args]
        return super().parse_args(ctx, args)


def say(message: object) -> None:
    """Write a message to standard error."""
    click.echo(str(message), err=True)


def say_refused(refusal: Refusal) -> None:
    """Write to standard error what was refused, and why."""
    say(gettext("拒绝：%(reason)s", reason=refusal.message))


class Refusals:
    """Tells the first few refusals of every reason, and at its end how many more there were.

    All of them are written in ``file``.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._told: dict[str, list[Refusal]] = {}
        self._more: Counter[str] = Counter()

    def __enter__(self) -> Refusals:
        return self

    def __exit__(self, *_: object) -> None:
        for reason, count in self._more.items():
            say(
                ngettext(
                    "还拒绝了 %(count)s 个，原因和“%(first)s”一样；全部写在 %(file)s 里",
                    "还拒绝了 %(count)s 个，原因和“%(first)s”一样；全部写在 %(file)s 里",
                    count,
                    first=self._told[reason][0].message,
                    file=self._file,
                )
            )

    def tell(self, refusal: Refusal) -> None:
        """One more was refused."""
        told = self._told.setdefault(refusal.message.text, [])
        if len(told) == _TOLD_OF_EACH:
            self._more[refusal.message.text] += 1
            return
        told.append(refusal)
        say_refused(refusal)


class Progress:
    """A line on standard error, when that is a terminal: how far, how fast, how much longer."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._done = 0
        self._began = time.monotonic()
        self._drawn = 0.0
        self._shown = sys.stderr.isatty()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown and self._done:
            self._draw()
            click.echo(err=True)

    def advance(self, count: int) -> None:
        """So many more inputs are safe on the disk."""
        self._done += count
        if self._shown and time.monotonic() - self._drawn >= _REDRAW_SECONDS:
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        click.echo(f"\r\x1b[K{self.line(self._drawn - self._began)}", err=True, nl=False)

    def line(self, seconds: float) -> str:
        """What is shown after so many seconds."""
        read, total = self._meter.read, self._meter.total
        seconds = max(seconds, 0.001)
        speed = read / seconds
        facts = {
            "count": self._done,
            "pages": round(self._done / seconds),
            "speed": f"{speed / 1e6:.1f}",
        }
        line = gettext("已处理 %(count)s 页（每秒 %(pages)s 页，%(speed)s MB）", **facts)
        if not total or not speed:
            return line
        share = min(read / total, 1.0)
        full = round(share * _BAR_WIDTH)
        bar = "█" * full + "░" * (_BAR_WIDTH - full)
        minutes, rest = divmod(round((total - min(read, total)) / speed), 60)
        left = gettext("还需 %(minutes)s:%(seconds)s", minutes=minutes, seconds=f"{rest:02}")
        return f"{bar} {share:4.0%} {line} {left}"


def run(cli: click.Command, args: Sequence[str]) -> int:
    """Run the command that ``args`` name; its exit code.

    Every error is a sentence on standard error; with ``BIWEN_DEBUG`` set in the
    environment an unexpected one shows where it came from, too.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        with cli.make_context("run.py", list(args)) as context:
            code = cli.invoke(context) or 0
        sys.stdout.flush()
        return int(code)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.UsageError as error:
        say(_sentence(error))
        return WrongUsage.exit_code
    except UserError as error:
        say(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # Python flushes standard output once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except Exception as error:
        return _program_error(error)


def _sentence(error: click.UsageError) -> Message:
    """What is wrong with the command line, and what to do."""
    match error:
        case click.NoSuchOption():
            facts: dict[str, Any] = {"option": error.option_name}
            text = N_("没有选项 %(option)s；若它是要查的文字，请在前面加一个 --。")
        case click.MissingParameter():
            facts = {"name": _name(error)}
            text = N_("缺少 %(name)s。")
        case click.BadParameter():
            facts = {"name": _name(error), "expected": _expected(error)}
            text = N_("%(name)s 的值不对，应为：%(expected)s。")
        case click.BadOptionUsage():
            facts = {"name": error.option_name}
            text = N_("选项 %(name)s 的用法不对。")
        case _ if error.ctx and isinstance(error.ctx.command, click.Group):
            facts = {"names": " ".join(error.ctx.command.list_commands(error.ctx))}
            text = N_("没有这个命令，可用：%(names)s。")
        case _:
            facts = {}
            text = N_("参数太多；带空格的文字请放在引号里。")
    path = error.ctx.command_path if error.ctx else "run.py"
    return Message(
        "%(what)s\n%(hint)s",
        {
            "what": Message(text, facts),
            "hint": Message(N_("用法见 %(path)s --help。"), {"path": path}),
        },
    )


def _name(error: click.BadParameter) -> str:
    parameter = error.param
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return parameter.human_readable_name if parameter else ""


def _expected(error: click.BadParameter) -> object:
    kind = error.param.type if error.param else None
    match kind:
        case click.Choice():
            return " | ".join(str(choice) for choice in kind.choices)
        case click.IntRange():
            return Message(
                N_("%(first)s 到 %(last)s 的整数"), {"first": kind.min, "last": kind.max}
            )
        case click.Path():
            return Message(N_("一个可用的文件夹") if kind.dir_okay else N_("一个可用的文件"))
        case _:
            return error.message


def _program_error(error: Exception) -> int:
    if os.environ.get("BIWEN_DEBUG"):
        traceback.print_exc()
    if isinstance(error, OSError) and error.errno in _FULL:
        say(
            gettext(
                "磁盘已满（%(reason)s）。已经加入的都在；请腾出空间，再运行一次同样的命令。",
                reason=error,
            )
        )
        return EXIT_UNREADABLE
    if isinstance(error, OSError):
        say(gettext("无法读写：%(reason)s", reason=error))
        return EXIT_UNREADABLE
    reason = f"{type(error).__name__}: {error}"
    say(gettext("程序出错（%(reason)s）；设 BIWEN_DEBUG=1 再运行可以看到细节", reason=reason))
    return EXIT_PROGRAM_ERROR
