"""A process that takes bundles in, one transaction each, and says so after each commit.

It is killed at any moment by the test that started it.
"""

from __future__ import annotations

import sys
from typing import Any

from mis_bridge.services.bundles.taking_in import Wanted, take_in
from mis_bridge.storage.database import sessions
from mis_bridge.storage.tenants import Tenant
from tests.factories.authorities import NOW
from tests.factories.databases import opened
from tests.factories.jobs import RecordedJobs
from tests.support.plan_bundles import NEW, SENDERS_KEY, plan_json, sent


def person(number: int) -> dict[str, Any]:
    """Return the person of one plan."""
    return {"name": f"Aled{number} Canary", "dob": "2015-03-02", "upn": f"P6619901{number:05}"}


def main(url: str, count: int) -> None:
    """Take in `count` plans; the number of each is printed once it is committed."""
    wanted, tenant = Wanted(frozenset({SENDERS_KEY})), Tenant("661", NEW)
    with opened(url) as database:
        for number in range(count):
            archive = sent(plan_json(plan_id=f"theirs-{number}", person=person(number)))
            with sessions(database).begin() as session:
                take_in(
                    session,
                    tenant,
                    archive,
                    wanted,
                    by="operator",
                    now=NOW,
                    jobs=RecordedJobs(),
                )
            print(number, flush=True)  # noqa: T201 - the acknowledgement


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
