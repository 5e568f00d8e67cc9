"""Typed trees beside each other: whether two expressions are the same but for where their parts stand."""

from dataclasses import fields

from runtime.expressions.tree import Aggregate, Node


def alike(left: object, right: object) -> bool:
    """Whether two trees say the same; an aggregate's key is its text, which may have other spaces."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if not isinstance(left, Node) or not isinstance(right, Node):
        return left == right and type(left) is type(right)
    if type(left) is not type(right):
        return False
    passed = {"start", "end"} | ({"key"} if isinstance(left, Aggregate) else set())
    return all(
        alike(getattr(left, each.name), getattr(right, each.name))
        for each in fields(left)
        if each.name not in passed
    )
