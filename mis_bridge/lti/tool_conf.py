"""PyLTI1p3's view of our registrations: always several clients an issuer, always from the store."""

from __future__ import annotations

import json
from typing import cast

from pylti1p3.deployment import Deployment
from pylti1p3.registration import Registration, TKeySet
from pylti1p3.tool_config.abstract import ToolConfAbstract

from mis_bridge.lti.form import LaunchForm
from mis_bridge.lti.platforms import PlatformRegistration, PlatformStore
from mis_bridge.lti.refusals import LaunchRefused


def library_registration(registration: PlatformRegistration) -> Registration:
    """Return the library's object for one of our registrations."""
    made = (
        Registration()
        .set_issuer(registration.issuer)
        .set_client_id(registration.client_id)
        .set_auth_login_url(registration.auth_login_url)
        .set_auth_token_url(registration.auth_token_url)
        .set_key_set_url(registration.jwks_url)
    )
    if registration.auth_audience is not None:
        made.set_auth_audience(registration.auth_audience)
    if registration.key_set is not None:
        made.set_key_set(cast(TKeySet, json.loads(json.dumps(dict(registration.key_set)))))
    return made


class DbToolConf(ToolConfAbstract[LaunchForm]):
    """Finds registrations and deployments; the base class's shared dictionary is never used."""

    def __init__(self, store: PlatformStore) -> None:
        self._store = store

    def check_iss_has_one_client(self, iss: str) -> bool:  # noqa: ARG002 - the library's signature
        """Say no: an issuer may always have several clients."""
        return False

    def check_iss_has_many_clients(self, iss: str) -> bool:  # noqa: ARG002 - the library's signature
        """Say yes, for every issuer."""
        return True

    def platform(self, iss: str, client_id: str | None) -> PlatformRegistration | None:
        """Return our registration; without a client id only where the issuer has exactly one."""
        if client_id:
            return self._store.registration(iss, client_id)
        of_issuer = self._store.registrations_of(iss)
        return of_issuer[0] if len(of_issuer) == 1 else None

    def find_registration_by_issuer(
        self, iss: str, *_args: object, **_kwargs: object
    ) -> Registration:
        """Return the issuer's only registration; the library asks this of old configurations."""
        found = self.platform(iss, None)
        if found is None:
            raise LaunchRefused("login_platform_unknown")
        return library_registration(found)

    def find_deployment(self, iss: str, deployment_id: str) -> Deployment | None:
        """Return the deployment of the issuer's only registration, or None."""
        return self.find_deployment_by_params(iss, deployment_id, "")

    def find_registration_by_params(  # type: ignore[override] # None is how the library is told
        self, iss: str, client_id: str | None, *_args: object, **_kwargs: object
    ) -> Registration | None:
        """Return the library's registration, or None."""
        found = self.platform(iss, client_id)
        return library_registration(found) if found else None

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: object, **_kwargs: object
    ) -> Deployment | None:
        """Return the deployment of this very registration, or None."""
        registration = self.platform(iss, client_id)
        if registration is None:
            return None
        found = self._store.deployment(registration.registration_id, deployment_id)
        return Deployment().set_deployment_id(found.deployment_id) if found else None
