"""A property that is made once an object: `functools.cached_property` without its lock, which costs more than that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

__all__ = ["Once"]

T = TypeVar("T")


class Once(Generic[T]):
    """A decorator of methods: the result of the first call takes the place of the property in the object.

    It is for objects that one thread uses: of two that ask at the same time, each would call the method.

    >>> class Text:
    ...     @Once
    ...     def words(self) -> list[str]:
    ...         return "قال الوزير".split()
    >>> text = Text()
    >>> text.words is text.words
    True
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self._make, self._name = make, make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type[Any]) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type[Any]) -> T: ...

    def __get__(self, instance: object | None, owner: type[Any]) -> Self | T:
        if instance is None:
            return self
        made = instance.__dict__[self._name] = self._make(instance)
        return made
