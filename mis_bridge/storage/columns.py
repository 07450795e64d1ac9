"""The kinds of column that both databases share, and the base of every table."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

Json = dict[str, Any] | list[Any]

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""A counting key: SQLite numbers rows by itself only in a column named INTEGER."""

Plain = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""Codes, dates and ids as JSON; personal text is sealed instead."""


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Use TIMESTAMPTZ where there is one."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: nobody could say which one it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "an instant without a time zone cannot be stored"
            raise ValueError(msg)
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment in UTC, aware."""
        del dialect
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class Sealed(TypeDecorator[bytes]):
    """Bytes that `sealing.KeyRing` wrote.

    `bound_to` names the columns of the row to which the value is tied: a sealed value moved to
    another row no longer opens. Rotation finds every such column by this type.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, *bound_to: str) -> None:
        super().__init__()
        self.bound_to = bound_to or ("id",)


class Base(DeclarativeBase):
    """Root of every table; the naming convention gives each constraint a name in both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        date: Date(),
        str: String(),
        Json: Plain,
    }


class SchoolOwned:
    """A row of one school: tenant columns that every query must name."""

    la: Mapped[str] = mapped_column()
    school: Mapped[str] = mapped_column(index=True)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands in the class
        return (_tenant_key(), *getattr(cls, "constraints", ()))


class AuthorityOwned:
    """A row of a local authority; `school` is None where it holds for the whole authority."""

    la: Mapped[str] = mapped_column(index=True)
    school: Mapped[str | None] = mapped_column()

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy hands in the class
        return (
            _tenant_key(),
            ForeignKeyConstraint(["la"], ["local_authorities.code"]),
            *getattr(cls, "constraints", ()),
        )


def _tenant_key() -> ForeignKeyConstraint:
    """Tie authority and school together, so that no row can name a school of another authority."""
    return ForeignKeyConstraint(["la", "school"], ["schools.la", "schools.ref"])


def new_id() -> str:
    """Return an opaque key: 96 random bits, which may stand in an address."""
    return secrets.token_hex(12)
