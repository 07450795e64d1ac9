"""The phased cohort schedule, read from `law/schedule.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from mis_bridge.domain.schedule_rules import (
    Body,
    Cause,
    Cohort,
    Commencement,
    Event,
    Limit,
    Order,
    Provision,
    Rule,
    SavingOrder,
    Schedule,
    Superseded,
)
from mis_bridge.domain.words import Words
from mis_bridge.domain.year_groups import GROUPS, named_school_year

_NOWHERE: Mapping[str, str] = MappingProxyType({})


def schedule() -> Schedule:
    """Return the schedule.

    Source: S.I. 2021/373, 2021/1243-1245, 2021/1428, 2022/663, 2022/891-898, 2023/932.
    """
    return _SCHEDULE


def replaced_by(rule: str) -> tuple[Superseded, ...]:
    """Return the versions that once stood where `rule` stands now, the oldest first.

    Source: S.I. 2021/938 arts 3-5; S.I. 2022/663; S.I. 2023/932.
    """
    return tuple(version for version in _SCHEDULE.superseded if rule in version.rules)


def _limit(row: Mapping[str, Any]) -> Limit:
    return Limit(row.get("amount"), row["unit"], row["from"], row.get("period"))


def _provision(row: Mapping[str, Any], limits: Mapping[str, Limit]) -> Provision:
    return Provision(row["article"], limits[row["limit"]])


def _order(order: str, row: Mapping[str, Any], limits: Mapping[str, Limit]) -> Order:
    if not row.get("saving", False):
        return Order(order, row["instrument"], row["in_force"], row["snapshot"])
    return SavingOrder(
        id=order,
        instrument=row["instrument"],
        in_force=row["in_force"],
        snapshot=row["snapshot"],
        body=Body(row["body"]),
        notices=row["notices"],
        aln_notice=row.get("aln_notice"),
        capacity=row["capacity"],
        over_age=row.get("over_age"),
        after_appeal=row.get("after_appeal"),
        request=_provision(row["request"], limits),
        plan=_provision(row["plan"], limits),
    )


def _rule(rule: str, row: Mapping[str, Any], orders: Mapping[str, Order]) -> Rule:
    title = Words(row["title"]["en"], row["title"]["cy"])
    match row["kind"]:
        case "commencement":
            order = orders[row["order"]]
            source = order.cite(row["article"])
            in_force = row.get("in_force", order.in_force)
            return Commencement(rule, title, source, _NOWHERE, order, in_force)
        case "cohort":
            return _cohort(rule, title, row, orders[row["order"]])
        case "event":
            return _event(rule, title, row, orders)
        case _:
            of = MappingProxyType(row.get("of", {}))
            return Rule(rule, title, row.get("source") or _cited(of, orders), of)


def _cohort(rule: str, title: Words, row: Mapping[str, Any], order: Order) -> Cohort:
    if not isinstance(order, SavingOrder):
        msg = f"{rule}: a cohort stands on an Order that saves the old law"
        raise TypeError(msg)
    return Cohort(
        id=rule,
        title=title,
        source=order.cite(row["duty"]),
        of=_NOWHERE,
        order=order,
        years=MappingProxyType(
            {
                named_school_year(year): frozenset(GROUPS[group] for group in groups)
                for year, groups in row.get("years", {}).items()
            }
        ),
        below_school_age=row.get("csa_below", False),
        sen_on=row.get("sen_on"),
        window=(row["window"]["from"], row["window"]["to"]),
        duty=row["duty"],
        swept_on=row["swept_on"],
        sweep=row["sweep"],
        appeal=row.get("appeal"),
    )


def _event(rule: str, title: Words, row: Mapping[str, Any], orders: Mapping[str, Order]) -> Event:
    of = MappingProxyType(row["of"])
    return Event(
        id=rule,
        title=title,
        source=_cited(of, orders),
        of=of,
        event=row["event"],
        cause=Cause(row["cause"]),
        blocked_by=frozenset(row["blocked_by"]),
        not_for=frozenset(row.get("not_for", ())),
        welsh_responsibility=row.get("welsh_responsibility", False),
        not_in_english_area=row.get("not_in_english_area", False),
    )


def _cited(of: Mapping[str, str], orders: Mapping[str, Order]) -> str:
    return "; ".join(orders[order].cite(article) for order, article in of.items())


def _superseded(row: Mapping[str, Any]) -> Superseded:
    return Superseded(
        id=row["id"],
        says=Words(row["says"]["en"], row["says"]["cy"]),
        source=row["source"],
        until=row["until"],
        ended_by=row["ended_by"],
        rules=frozenset(row["of"]),
    )


def _load() -> Schedule:
    law = tomllib.loads(
        files("mis_bridge.domain").joinpath("law/schedule.toml").read_text(encoding="utf-8")
    )
    limits = {key: _limit(row) for key, row in law["limits"].items()}
    orders = {key: _order(key, row, limits) for key, row in law["orders"].items()}
    return Schedule(
        version=law["version"],
        implementation_ended_on=law["implementation_ended_on"],
        pupil_referral_unit_body=Body(law["pupil_referral_unit_body"]),
        orders=MappingProxyType(orders),
        rules=MappingProxyType({key: _rule(key, row, orders) for key, row in law["rules"].items()}),
        limits=MappingProxyType(limits),
        superseded=tuple(_superseded(row) for row in law["superseded"]),
    )


_SCHEDULE = _load()
