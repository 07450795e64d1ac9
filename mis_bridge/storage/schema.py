"""The whole schema: importing this module makes every table known."""

from __future__ import annotations

from mis_bridge.storage.columns import Base
from mis_bridge.storage.tables import (
    authorities,
    duties,
    intake,
    lti,
    operations,
    plans,
    register,
    sending,
)

SUBJECTS = (authorities, duties, intake, lti, operations, plans, register, sending)
METADATA = Base.metadata
