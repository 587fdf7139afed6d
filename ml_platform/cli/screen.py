"""How the commands show things: tables and one-line complaints."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

# What goes into a pipe is not cut at 80 columns.
WIDE = 200


def console() -> Console:
    """The terminal, or a wide plain page where the output is not a terminal."""
    out = Console()
    return out if out.is_terminal else Console(width=WIDE)


def complain(message: str) -> None:
    """Show an error on standard error: its first line red, the rest as it is."""
    first, _, rest = message.partition("\n")
    out = Console(stderr=True, soft_wrap=True)
    out.print(Text(first, style="bold red"))
    if rest:
        out.print(Text(rest))


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Show rows under a title; None and empty cells are shown as a dash."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("-" if cell in (None, "") else str(cell)) for cell in row))
    console().print(table)
