import os
from pathlib import Path

import pytest

from app.parsing.errors import ReadError
from app.parsing.readers import find_files, read_file


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Words.\n", encoding="utf-8")


def names_of(*paths: Path) -> list[str]:
    return [file.name for file in find_files(paths)]


def test_a_folder_is_read_to_any_depth_and_in_order(tmp_path: Path) -> None:
    make(tmp_path / "seeds", "b.txt", "a.md", "c/d/e.html", "c/a.json", "Z.txt")

    assert names_of(tmp_path / "seeds") == [
        "seeds/Z.txt",
        "seeds/a.md",
        "seeds/b.txt",
        "seeds/c/a.json",
        "seeds/c/d/e.html",
    ]


def test_hidden_files_entities_and_editors_left_overs_are_passed_over(tmp_path: Path) -> None:
    make(
        tmp_path / "seeds",
        *(".hidden.txt", ".git/config", "entities.yaml", "sub/Entities.yml", "a.txt~", "#a.txt#"),
        *("a.txt.bak", "a.swp", "a.txt", "#metoo.txt"),
    )

    assert names_of(tmp_path / "seeds") == ["seeds/#metoo.txt", "seeds/a.txt"]


def test_unknown_suffixes_are_yielded_and_refused_with_a_reason(tmp_path: Path) -> None:
    make(tmp_path / "seeds", "picture.png", "README")

    files = list(find_files([tmp_path / "seeds"]))

    assert [file.name for file in files] == ["seeds/README", "seeds/picture.png"]
    with pytest.raises(ReadError, match=r"^seeds/README: has no suffix; read are \.txt"):
        read_file(files[0])
    with pytest.raises(ReadError, match=r"^seeds/picture\.png: has the suffix '\.png'"):
        read_file(files[1])


def test_a_file_given_by_itself_is_its_own_name(tmp_path: Path) -> None:
    make(tmp_path / "seeds", "a.txt")

    assert names_of(tmp_path / "seeds" / "a.txt") == ["a.txt"]


def test_names_do_not_depend_on_how_the_folder_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / "seeds", "a.txt")
    monkeypatch.chdir(tmp_path / "seeds")

    assert names_of(Path()) == names_of(Path("../seeds/")) == ["seeds/a.txt"]


def test_a_file_that_two_paths_name_is_yielded_once(tmp_path: Path) -> None:
    make(tmp_path / "seeds", "a.txt", "sub/b.txt")

    found = names_of(tmp_path / "seeds", tmp_path / "seeds" / "sub", tmp_path / "seeds" / "a.txt")

    assert found == ["seeds/a.txt", "seeds/sub/b.txt"]


def test_folders_of_one_name_are_told_apart(tmp_path: Path) -> None:
    make(tmp_path, "north/seeds/a.txt", "south/seeds/a.txt", "other/b.txt")

    found = names_of(*(tmp_path / folder for folder in ("north/seeds", "south/seeds", "other")))

    assert found == ["north/seeds/a.txt", "south/seeds/a.txt", "other/b.txt"]


def test_a_path_that_does_not_exist_is_refused_when_read(tmp_path: Path) -> None:
    (file,) = find_files([tmp_path / "nowhere.txt"])

    with pytest.raises(ReadError, match=r"^nowhere\.txt: does not exist$"):
        read_file(file)


def test_a_link_to_a_folder_is_not_entered(tmp_path: Path) -> None:
    make(tmp_path, "outside/secret.txt", "seeds/a.txt")
    (tmp_path / "seeds" / "in").symlink_to(tmp_path / "outside")
    (tmp_path / "seeds" / "round").symlink_to(tmp_path / "seeds")

    assert names_of(tmp_path / "seeds") == ["seeds/a.txt", "seeds/in", "seeds/round"]


def test_a_name_that_is_not_utf8_becomes_a_printable_label(tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    folder.mkdir()
    with open(os.fsencode(folder) + b"/caf\xe9.txt", "wb") as stream:
        stream.write(b"Words.\n")

    (file,) = find_files([folder])

    assert file.name == "seeds/caf\\xe9.txt"
    assert read_file(file).articles[0].text == "Words.\n"
