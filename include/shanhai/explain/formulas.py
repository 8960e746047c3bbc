"""Computes a metric again from its formula and its inputs, with decimals: what an auditor does by hand.

A formula is arithmetic over the names of roles: `part / whole * 100`, `sum(member)`, `max(city) / min(city)`. A role
that several inputs have stands for all of them inside a function, and for their sum elsewhere: entries of a
register count 1 each.
"""

import ast
import operator
from collections.abc import Callable
from decimal import Context, Decimal, localcontext

_PRECISION = 60
_OPERATIONS: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_OVER_MANY: dict[str, Callable[[list[Decimal]], Decimal]] = {
    "sum": lambda values: sum(values, Decimal(0)),
    "max": max,
    "min": min,
    "count": lambda values: Decimal(len(values)),
}


class FormulaError(ValueError):
    """The formula is not arithmetic over the roles it was given."""


def evaluate(formula: str, inputs: list[tuple[str, Decimal]]) -> Decimal:
    """The value of a formula over (role, value) pairs; `published` is the one input itself."""
    roles: dict[str, list[Decimal]] = {}
    for role, value in inputs:
        roles.setdefault(role, []).append(value)
    if formula == "published":
        if len(inputs) != 1:
            raise FormulaError(f"a published metric has one input, not {len(inputs)}")
        return inputs[0][1]
    with localcontext(Context(prec=_PRECISION)):
        return _value(ast.parse(formula, mode="eval").body, roles)


def _value(node: ast.expr, roles: dict[str, list[Decimal]]) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, roles)
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
            return _OPERATIONS[type(operation)](_value(left, roles), _value(right, roles))
        case ast.Name(id=role):
            return sum(_all(role, roles), Decimal(0))
        case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
            return _value(argument, roles).sqrt()
        case ast.Call(func=ast.Name(id="power"), args=[base, exponent]):
            return Decimal(_value(base, roles) ** _value(exponent, roles))
        case ast.Call(func=ast.Name(id="weighted_variation"), args=[ast.Name(id=members), ast.Name(id=weights)]):
            return _weighted_variation(_all(members, roles), _all(weights, roles))
        case ast.Call(func=ast.Name(id="count"), args=[ast.Name(id=role)]):
            return Decimal(len(roles.get(role, ())))
        case ast.Call(func=ast.Name(id=name), args=[argument]) if name in _OVER_MANY:
            return _OVER_MANY[name](_many(argument, roles))
    raise FormulaError(f"{ast.unparse(node)} is no arithmetic over {sorted(roles)}")


def _many(node: ast.expr, roles: dict[str, list[Decimal]]) -> list[Decimal]:
    """All values of a role, or those above a threshold: `member > 800000000`."""
    match node:
        case ast.Name(id=role):
            return _all(role, roles)
        case ast.Compare(left=ast.Name(id=role), ops=[ast.Gt()], comparators=[threshold]):
            limit = _value(threshold, roles)
            return [value for value in _all(role, roles) if value > limit]
    raise FormulaError(f"{ast.unparse(node)} names no role of {sorted(roles)}")


def _all(role: str, roles: dict[str, list[Decimal]]) -> list[Decimal]:
    if role not in roles:
        raise FormulaError(f"no input is the {role}")
    return roles[role]


def _weighted_variation(members: list[Decimal], weights: list[Decimal]) -> Decimal:
    """The coefficient of variation around the weighted mean, weighted alike."""
    total = sum(weights, Decimal(0))
    pairs = list(zip(members, weights, strict=True))
    mean = sum((m * w for m, w in pairs), Decimal(0)) / total
    return (sum((w * (m - mean) ** 2 for m, w in pairs), Decimal(0)) / total).sqrt() / mean
