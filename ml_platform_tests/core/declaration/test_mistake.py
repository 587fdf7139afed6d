"""How mistakes of a declaration are told."""

from ml_platform.core.declaration.mistake import DeclarationError, Mistake


def test_each_mistake_has_a_line_with_its_place() -> None:
    error = DeclarationError(
        "shop/defs/models/returns",
        [
            Mistake("defs.yaml", "label.column", "no such column"),
            Mistake("features.py", "", "it cannot be imported", 12),
        ],
    )
    assert str(error).splitlines() == [
        "shop/defs/models/returns/defs.yaml, label.column: no such column",
        "shop/defs/models/returns/features.py:12: it cannot be imported",
    ]
