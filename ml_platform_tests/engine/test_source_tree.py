from pathlib import Path

from ml_platform.engine.source_tree import SourceTree


def test_a_written_added_or_removed_source_is_a_change(tmp_path: Path) -> None:
    source = tmp_path / "package" / "module.py"
    source.parent.mkdir()
    source.write_text("ONE = 1")
    tree = SourceTree(tmp_path)
    assert not tree.changed()
    source.write_text("ELEVEN = 11")
    assert tree.changed()
    tree = SourceTree(tmp_path)
    (source.parent / "defs.yaml").write_text("type: x")
    assert tree.changed()
    tree = SourceTree(tmp_path)
    source.unlink()
    assert tree.changed()


def test_caches_and_other_files_are_not_sources(tmp_path: Path) -> None:
    tree = SourceTree(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "module.py").touch()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "module.py").touch()
    (tmp_path / "notes.txt").touch()
    assert not tree.changed()
