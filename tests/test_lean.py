"""What a start does not do: import what nobody uses, and collect what stays."""

import gc
import importlib
import sys

import pytest

from app.lean import lean_imports


@pytest.fixture
def thawed():
    """Give back to the collector what was frozen, and leave it on, as it was before."""
    was_on = gc.isenabled()
    yield
    gc.unfreeze()
    (gc.enable if was_on else gc.disable)()


@pytest.mark.parametrize("collects", [True, False])
def test_nothing_is_collected_during_imports_and_what_is_there_is_frozen(thawed, collects):
    (gc.enable if collects else gc.disable)()
    gc.unfreeze()
    with lean_imports():
        assert not gc.isenabled()
        made = [[number] for number in range(1_000)]
    assert gc.isenabled() is collects
    assert gc.get_freeze_count() >= len(made)
    young = {id(one) for one in gc.get_objects()}
    assert not any(id(one) in young for one in made)


def test_what_is_not_used_cannot_be_imported_meanwhile_and_can_afterwards(thawed, monkeypatch):
    monkeypatch.delitem(sys.modules, "pydantic.v1", raising=False)
    with lean_imports(), pytest.raises(ModuleNotFoundError):
        importlib.import_module("pydantic.v1")
    assert "pydantic.v1" not in sys.modules


def test_the_collector_is_on_again_after_an_import_that_fails(thawed):
    gc.enable()
    with pytest.raises(ModuleNotFoundError), lean_imports():
        importlib.import_module("app.nothing_of_this_name")
    assert gc.isenabled()
