import pytest

from spinbook import layout


def test_chapters_are_found_on_disk(demo):
    (demo / "book" / "chapters" / "demo" / "dice.py").write_text("")
    assert layout.root() == demo
    assert layout.chapter_names() == ["demo/coin", "demo/dice"]


def test_root_is_found_from_a_folder_inside(demo, monkeypatch):
    inside = demo / "build" / "smoke"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    assert layout.root() == demo


@pytest.mark.parametrize("name", ["demo/coin", "book/chapters/demo/coin.py", "./book/chapters/demo/coin.py"])
def test_a_chapter_is_given_by_name_or_path(demo, name):
    assert layout.chapter_path(name) == demo / "book" / "chapters" / "demo" / "coin.py"


def test_an_absolute_path_will_do(demo):
    path = demo / "book" / "chapters" / "demo" / "coin.py"
    assert layout.chapter_path(str(path)) == path


@pytest.mark.parametrize("name", ["demo/coins", "coin", "../demo/coin", ""])
def test_an_unknown_chapter_is_named_with_the_known(demo, name):
    with pytest.raises(ValueError, match=r"unknown chapter .*demo/coin"):
        layout.chapter_path(name)


@pytest.mark.parametrize("name", ["", "a/b", "../a", "Upper", "a b", 3])
def test_names_that_cannot_be_files_are_refused(name):
    with pytest.raises(ValueError, match="bad name"):
        layout.check_name(name)


def test_scales():
    with pytest.raises(ValueError, match=r"'huge'.*smoke, laptop, paper"):
        layout.check_scale("huge")
    with pytest.raises(ValueError, match="recorded"):
        layout.check_scale("recorded")
    assert layout.nearest_scale("paper", ("smoke", "laptop")) == "laptop"
    assert layout.nearest_scale("laptop", ("smoke", "paper")) == "smoke"
    assert layout.nearest_scale("paper", ("paper", "smoke")) == "paper"
