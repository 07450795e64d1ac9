"""`platform` and `grant`: which MIS may open the tool, and who has which role in it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mis_bridge.cli.opening import desk, now, print_lines, tenant_given
from mis_bridge.cli.words import CommandFailed, both
from mis_bridge.config import command_language
from mis_bridge.domain.words import Words
from mis_bridge.services import platform_admin
from mis_bridge.storage.lti_platforms import ACTIVE, SUSPENDED, NewPlatform

_BY = "operator"
_ISSUER = click.option("--issuer", required=True, help=both("Issuer.", "Cyhoeddwr."))
_CLIENT = click.option("--client-id", required=True, help=both("Client id.", "Dynodwr cleient."))
_SCHOOL = click.option("--school", help=both("LA and school: 661/9901.", "ALl ac ysgol: 661/9901."))
_LA = click.option("--la", help=both("LA: 661.", "ALl: 661."))
_JSON = click.option("--json", "as_json", is_flag=True, help=both("For programs.", "I raglenni."))


@click.group(
    help=both(
        "Platforms (an MIS or portal) that open the tool through LTI 1.3.\n\n"
        "Example: mis-bridge platform list",
        "Platfformau (MIS neu borth) sy'n agor yr offeryn drwy LTI 1.3.\n\n"
        "Enghraifft: mis-bridge platform list",
    )
)
def platform() -> None:
    """Hold the verbs of platforms."""


@platform.command(
    "add",
    help=both(
        "Register a platform and bind one deployment; active at once. Run it again with the same "
        "issuer and client id for a further school.\n\n"
        "Example: mis-bridge platform add --issuer https://mis.example --client-id c1 "
        "--auth-login-url https://mis.example/auth --auth-token-url https://mis.example/token "
        "--jwks-url https://mis.example/jwks --deployment-id 1 --school 661/9901 "
        "--frame-ancestor https://mis.example",
        "Cofrestru platfform a rhwymo un lleoliad; ar waith ar unwaith. Rhedwch eto gyda'r un "
        "cyhoeddwr a chleient am ysgol arall.\n\n"
        "Enghraifft: mis-bridge platform add --issuer https://mis.example --client-id c1 "
        "--auth-login-url https://mis.example/auth --auth-token-url https://mis.example/token "
        "--jwks-url https://mis.example/jwks --deployment-id 1 --school 661/9901 "
        "--frame-ancestor https://mis.example",
    ),
)
@_ISSUER
@_CLIENT
@click.option(
    "--auth-login-url", required=True, help=both("Its login address.", "Ei gyfeiriad mewngofnodi.")
)
@click.option(
    "--auth-token-url", required=True, help=both("Its token address.", "Ei gyfeiriad tocynnau.")
)
@click.option("--auth-audience", help=both("Audience for tokens.", "Cynulleidfa tocynnau."))
@click.option("--jwks-url", help=both("Address of its keys.", "Cyfeiriad ei allweddi."))
@click.option(
    "--jwks-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=both("Its keys in a file.", "Ei allweddi mewn ffeil."),
)
@click.option("--deployment-id", required=True, help=both("Deployment id.", "Dynodwr lleoliad."))
@_SCHOOL
@_LA
@click.option(
    "--frame-ancestor",
    "frame_ancestors",
    multiple=True,
    required=True,
    help=both(
        "An origin that may frame the tool; repeatable.",
        "Tarddiad a gaiff fframio'r offeryn; gellir ailadrodd.",
    ),
)
@click.option("--platform-family", help=both("Its product name.", "Enw'r cynnyrch."))
@_JSON
@click.pass_context
def add_platform(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ctx: click.Context,
    issuer: str,
    client_id: str,
    auth_login_url: str,
    auth_token_url: str,
    auth_audience: str | None,
    jwks_url: str | None,
    jwks_file: Path | None,
    deployment_id: str,
    school: str | None,
    la: str | None,
    frame_ancestors: tuple[str, ...],
    platform_family: str | None,
    *,
    as_json: bool,
) -> None:
    """Register a platform."""
    if (jwks_url is None) == (jwks_file is None):
        raise CommandFailed(_KEYS)
    wanted = NewPlatform(
        issuer=issuer,
        client_id=client_id,
        auth_login_url=auth_login_url,
        auth_token_url=auth_token_url,
        auth_audience=auth_audience,
        jwks_url=jwks_url,
        jwks=_key_set(jwks_file) if jwks_file is not None else None,
        frame_ancestors=frame_ancestors,
        status=ACTIVE,
        platform_family=platform_family,
    )
    tenant = tenant_given(la, school)
    with desk(ctx) as at, at.begin() as session:
        registration_id = platform_admin.add_platform(
            session,
            tenant,
            wanted,
            deployment_id,
            trusted=at.settings.trusted_origins,
            by=_BY,
            now=now(),
        )
    if as_json:
        print_lines([{"registration_id": registration_id}])
    else:
        click.echo(_ADDED.fill(id=registration_id).in_(command_language()))


@platform.command(
    "list",
    help=both(
        "List the platforms with their deployments.\n\nExample: mis-bridge platform list --json",
        "Rhestru'r platfformau gyda'u lleoliadau.\n\nEnghraifft: mis-bridge platform list --json",
    ),
)
@_JSON
@click.pass_context
def list_platforms(ctx: click.Context, *, as_json: bool) -> None:
    """List platforms."""
    with desk(ctx) as at, at.begin() as session:
        found = platform_admin.platforms(session)
    for each in found:
        if as_json:
            print_lines(
                [
                    {
                        "registration_id": each.registration_id,
                        "la": each.la,
                        "issuer": each.issuer,
                        "client_id": each.client_id,
                        "status": each.status,
                        "frame_ancestors": list(each.frame_ancestors),
                        "deployments": [dict(one) for one in each.deployments],
                    }
                ]
            )
        else:
            click.echo(
                f"{each.registration_id}  {each.status}  {each.issuer}  {each.client_id}  "
                + ", ".join(
                    f"{d['deployment_id']}={d['school'] or each.la}" for d in each.deployments
                )
            )


@platform.command(
    "suspend",
    help=both(
        "Let a platform launch no more; its sessions end.\n\n"
        "Example: mis-bridge platform suspend 0a1b2c",
        "Atal platfform rhag lansio; daw ei sesiynau i ben.\n\n"
        "Enghraifft: mis-bridge platform suspend 0a1b2c",
    ),
)
@click.argument("registration_id")
@click.option("--undo", is_flag=True, help=both("Let it launch again.", "Gadael iddo lansio eto."))
@click.pass_context
def suspend(ctx: click.Context, registration_id: str, *, undo: bool) -> None:
    """Suspend a platform."""
    with desk(ctx) as at, at.begin() as session:
        platform_admin.set_status(
            session, registration_id, ACTIVE if undo else SUSPENDED, by=_BY, now=now()
        )


@click.group(
    help=both(
        "Roles of people who come through a platform.\n\nExample: mis-bridge grant add --issuer "
        "https://mis.example --client-id c1 --sub p7 --role alnco --school 661/9901",
        "Rolau pobl a ddaw drwy blatfform.\n\nEnghraifft: mis-bridge grant add --issuer "
        "https://mis.example --client-id c1 --sub p7 --role alnco --school 661/9901",
    )
)
def grant() -> None:
    """Hold the verbs of grants."""


@grant.command(
    "add",
    help=both(
        "Give a role. la_admin goes with --la, every other with --school.\n\n"
        "Example: mis-bridge grant add --issuer https://mis.example --client-id c1 --sub p7 "
        "--role alnco --school 661/9901",
        "Rhoi rôl. Mae la_admin yn mynd gyda --la, pob un arall gyda --school.\n\n"
        "Enghraifft: mis-bridge grant add --issuer https://mis.example --client-id c1 --sub p7 "
        "--role alnco --school 661/9901",
    ),
)
@_ISSUER
@_CLIENT
@click.option(
    "--sub",
    "subject",
    required=True,
    help=both("The person at the platform.", "Y person ar y platfform."),
)
@click.option(
    "--role",
    required=True,
    type=click.Choice([*platform_admin.SCHOOL_ROLES, "la_admin"]),
    help=both("The role.", "Y rôl."),
)
@_SCHOOL
@_LA
@_JSON
@click.pass_context
def add_grant(
    ctx: click.Context,
    issuer: str,
    client_id: str,
    subject: str,
    role: str,
    school: str | None,
    la: str | None,
    *,
    as_json: bool,
) -> None:
    """Give a role."""
    tenant = tenant_given(la, school)
    with desk(ctx) as at, at.begin() as session:
        grant_id = platform_admin.add_grant(
            session, tenant, (issuer, client_id, subject), role, by=_BY, now=now()
        )
    if as_json:
        print_lines([{"grant_id": grant_id}])
    else:
        click.echo(_GRANTED.fill(id=grant_id).in_(command_language()))


def _key_set(file: Path) -> dict[str, object]:
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError, RecursionError):
        raise CommandFailed(_BAD_KEYS) from None
    if not isinstance(read, dict) or not isinstance(read.get("keys"), list):
        raise CommandFailed(_BAD_KEYS)
    return read


_KEYS = Words("say either --jwks-url or --jwks-file", "rhowch naill ai --jwks-url neu --jwks-file")
_BAD_KEYS = Words(
    'the file of --jwks-file is no key set; it holds {"keys": [...]}',
    'nid set allweddi yw ffeil --jwks-file; mae\'n cynnwys {"keys": [...]}',
)
_ADDED = Words("registered as {id}", "cofrestrwyd fel {id}")
_GRANTED = Words("granted as {id}", "rhoddwyd fel {id}")
