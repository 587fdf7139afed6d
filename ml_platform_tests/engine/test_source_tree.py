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


def test_an_editors_lock_to_nowhere_is_no_source(tmp_path: Path) -> None:
    (tmp_path / "features.py").write_text("ONE = 1")
    tree = SourceTree(tmp_path)
    (tmp_path / ".#features.py").symlink_to("somebody@somewhere.1234:5678")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    assert not tree.changed()


def test_a_folder_that_vanishes_has_no_sources(tmp_path: Path) -> None:
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "module.py").touch()
    tree = SourceTree(folder)
    (folder / "module.py").unlink()
    folder.rmdir()
    assert tree.changed()
