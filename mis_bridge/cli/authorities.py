"""`la` and `school`: who uses the product."""

from __future__ import annotations

from pathlib import Path

import click

from mis_bridge.cli.calendar import import_dates
from mis_bridge.cli.opening import desk, now, school_tenant
from mis_bridge.cli.words import both
from mis_bridge.domain.tasks import Setting
from mis_bridge.services import schools

_NAME = click.option("--name", required=True, help=both("Its name.", "Ei enw."))
_NAME_CY = click.option("--name-cy", help=both("Its name in Welsh.", "Ei enw yn Gymraeg."))
_ADDRESS = click.option("--address", help=both("As letters print it.", "Fel y'i hargreffir."))
_PHONE = click.option("--phone", help=both("As letters print it.", "Fel y'i hargreffir."))
_EMAIL = click.option("--email", help=both("As letters print it.", "Fel y'i hargreffir."))


def _profile(address: str | None, phone: str | None, email: str | None) -> dict[str, str]:
    given = {"address": address, "phone": phone, "email": email}
    return {name: value for name, value in given.items() if value}


@click.group(
    help=both(
        "Local authorities.\n\nExample: mis-bridge la add 661 --name 'Sir Ddychmygol'",
        "Awdurdodau lleol.\n\nEnghraifft: mis-bridge la add 661 --name 'Sir Ddychmygol'",
    )
)
def la() -> None:
    """Hold the verbs of authorities."""


@la.command(
    "add",
    help=both(
        "Add a local authority, or rename one.\n\n"
        "Example: mis-bridge la add 661 --name 'Sir Ddychmygol'",
        "Ychwanegu awdurdod lleol, neu ailenwi un.\n\n"
        "Enghraifft: mis-bridge la add 661 --name 'Sir Ddychmygol'",
    ),
)
@click.argument("code")
@_NAME
@_NAME_CY
@_ADDRESS
@_PHONE
@_EMAIL
@click.pass_context
def add_la(
    ctx: click.Context,
    code: str,
    name: str,
    name_cy: str | None,
    address: str | None,
    phone: str | None,
    email: str | None,
) -> None:
    """Add an authority."""
    with desk(ctx) as at, at.begin() as session:
        schools.add_authority(
            session,
            code,
            name,
            name_cy=name_cy,
            profile=_profile(address, phone, email),
            by="operator",
            now=now(),
        )


@click.group(
    help=both(
        "Schools.\n\nExample: mis-bridge school add 661/4001 --name 'Ysgol Ddychmygol'",
        "Ysgolion.\n\nEnghraifft: mis-bridge school add 661/4001 --name 'Ysgol Ddychmygol'",
    )
)
def school() -> None:
    """Hold the verbs of schools."""


@school.command(
    "add",
    help=both(
        "Add a school, or rename one.\n\n"
        "Example: mis-bridge school add 661/4001 --name 'Ysgol Ddychmygol' --calendar terms.csv",
        "Ychwanegu ysgol, neu ailenwi un.\n\nEnghraifft: mis-bridge school add 661/4001 "
        "--name 'Ysgol Ddychmygol' --calendar tymhorau.csv",
    ),
)
@click.argument("ref", metavar="LA/ESTAB")
@_NAME
@_NAME_CY
@click.option(
    "--kind",
    type=click.Choice([setting.value for setting in Setting]),
    default=Setting.MAINTAINED_SCHOOL.value,
    show_default=True,
    help=both("What kind of institution it is.", "Pa fath o sefydliad ydyw."),
)
@click.option(
    "--calendar",
    "dates",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both("Its own term dates.", "Ei ddyddiadau tymor ei hun."),
)
@_ADDRESS
@_PHONE
@_EMAIL
@click.pass_context
def add_school(  # noqa: PLR0913, PLR0917 - one parameter an option
    ctx: click.Context,
    ref: str,
    name: str,
    name_cy: str | None,
    kind: str,
    dates: Path | None,
    address: str | None,
    phone: str | None,
    email: str | None,
) -> None:
    """Add a school."""
    tenant = school_tenant(ref)
    with desk(ctx) as at, at.begin() as session:
        schools.add_school(
            session,
            tenant,
            name,
            Setting(kind),
            name_cy=name_cy,
            profile=_profile(address, phone, email),
            by="operator",
            now=now(),
        )
        if dates is not None:
            import_dates(session, tenant, dates)
