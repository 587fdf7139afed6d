"""How a landed CSV file is written: the options of a landing, named as Spark names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ml_platform.core.errors import LandingError

DELIMITERS = (",", ";", "\t", "|")
# What says how a file is written, by Spark's names in small letters.
_USED = {
    "sep": "sep",
    "delimiter": "delimiter",
    "quote": "quote",
    "escape": "escape",
    "comment": "comment",
    "encoding": "encoding",
    "charset": "charset",
    "header": "header",
    "nullvalue": "nullValue",
    "ignoreleadingwhitespace": "ignoreLeadingWhiteSpace",
    "ignoretrailingwhitespace": "ignoreTrailingWhiteSpace",
}
# Options of Spark's that change nothing here: every value is text, every line is kept, quoted
# fields may always hold line breaks, and all ends of lines are known.
_WITHOUT_EFFECT = frozenset(
    {
        *("chartoescapequoteescaping", "columnnameofcorruptrecord", "dateformat"),
        *("emptyvalue", "enableDateTimeParsingFallback".lower(), "enforceschema", "inferschema"),
        *("linesep", "locale", "maxcharspercolumn", "maxcolumns", "mode", "multiline", "nanvalue"),
        *("negativeinf", "positiveinf", "preferdate", "samplingratio", "timestampformat"),
        *("timestampntzformat", "unescapedquotehandling"),
    }
)
_BLANKS = " \t\r\n\f\v"


@dataclass(frozen=True)
class CsvDialect:
    r"""What a CSV file's lines are read by.

    Attributes:
        delimiter: between fields; one character or several.
        quote: around a field; empty if none is.
        escape: before a quote inside quotes; the quote itself where it is doubled (RFC 4180).
        comment: a line that begins with it is none; empty if every line counts.
        header: the first record names the columns.
        null_value: text of a field that is null, beside the empty one.
        trim_left: blanks at a field's beginning do not count.
        trim_right: nor those at its end.
    """

    delimiter: str = ","
    quote: str = '"'
    escape: str = '"'
    comment: str = ""
    header: bool = True
    null_value: str = ""
    trim_left: bool = False
    trim_right: bool = False

    @classmethod
    def of(cls, options: Mapping[str, str]) -> CsvDialect:
        r"""Read the dialect out of a landing's options.

        Raises:
            LandingError: an option that is none, or one that has an impossible value.

        >>> CsvDialect.of({"sep": "\\t"}).delimiter
        '\t'
        """
        given = {key.lower(): value for key, value in options.items()}
        _check(options)
        quote = _character(given, "quote", '"')
        delimiter = given.get("sep", given.get("delimiter", ",")).replace("\\t", "\t")
        if not delimiter or "\n" in delimiter or "\r" in delimiter or delimiter == quote:
            raise LandingError(f"landing.options: sep is {delimiter!r}, which cannot part fields")
        return cls(
            delimiter=delimiter,
            quote=quote,
            escape=_character(given, "escape", quote) or quote,
            comment=_character(given, "comment", ""),
            header=_flag(given, "header", "true"),
            null_value=given.get("nullvalue", ""),
            trim_left=_flag(given, "ignoreleadingwhitespace", "false"),
            trim_right=_flag(given, "ignoretrailingwhitespace", "false"),
        )

    def with_delimiter(self, delimiter: str) -> CsvDialect:
        """The same with another delimiter."""
        return replace(self, delimiter=delimiter)

    @property
    def plain(self) -> bool:
        """Python's ``csv`` reads it: one character between fields, quotes are doubled."""
        return len(self.delimiter) == 1 and self.escape == self.quote

    def skips(self, line: str) -> bool:
        r"""Whether a line, where a record may begin, is no record: it is blank or a comment.

        >>> CsvDialect(delimiter="\t").skips("\t\t\n"), CsvDialect().skips(" \n")
        (False, True)
        """
        if self.comment and line.startswith(self.comment):
            return True
        if line[:1] not in _BLANKS:
            return False
        return not line.strip(_BLANKS) and self.delimiter not in line


def _check(options: Mapping[str, str]) -> None:
    for key in options:
        if key.lower() in _USED or key.lower() in _WITHOUT_EFFECT:
            continue
        close = get_close_matches(key.lower(), _USED, n=1)
        known = ", ".join(_USED.values())
        hint = f"did you mean {_USED[close[0]]}?" if close else f"known: {known}"
        raise LandingError(f"landing.options: {key} is not an option of CSV files; {hint}")


def _character(given: Mapping[str, str], key: str, default: str) -> str:
    value = given.get(key, default)
    if len(value) > 1:
        raise LandingError(f"landing.options: {key} is {value!r}; expected one character or none")
    return "" if value == "\0" else value


def _flag(given: Mapping[str, str], key: str, default: str) -> bool:
    return given.get(key, default).lower() == "true"
