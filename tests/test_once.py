from __future__ import annotations

import pytest

from corpus_kit._base.once import Once


class Counted:
    def __init__(self) -> None:
        self.calls = 0

    @Once
    def made(self) -> list[int]:
        """What is made."""
        self.calls += 1
        return [self.calls]


def test_made_once_for_each_object() -> None:
    first, second = Counted(), Counted()
    assert first.made is first.made
    assert (first.calls, second.calls) == (1, 0)
    assert second.made == [1]
    assert second.made is not first.made


def test_an_error_is_not_kept() -> None:
    class Fails(Counted):
        @Once
        def made(self) -> list[int]:
            self.calls += 1
            if self.calls == 1:
                raise ValueError("once")
            return [self.calls]

    fails = Fails()
    with pytest.raises(ValueError, match="once"):
        _ = fails.made
    assert fails.made == [2]


def test_of_the_class_it_is_the_property() -> None:
    assert isinstance(Counted.made, Once)
    assert Counted.made.__doc__ == "What is made."
