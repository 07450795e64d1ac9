"""Every development vendor by the name of the interface that it imitates."""

from __future__ import annotations

from tests.support.vendors.arbor import DevArbor
from tests.support.vendors.assembly import DevAssembly
from tests.support.vendors.bromcom import DevBromcom
from tests.support.vendors.oneroster import DevOneRoster
from tests.support.vendors.server import DevVendor
from tests.support.vendors.sims import DevSims
from tests.support.vendors.wonde import DevWonde
from tests.support.vendors.xporter import DevXporter

DEVELOPMENT_VENDORS: dict[str, type[DevVendor]] = {
    vendor.name: vendor
    for vendor in (
        DevArbor,
        DevAssembly,
        DevBromcom,
        DevOneRoster,
        DevSims,
        DevWonde,
        DevXporter,
    )
}
