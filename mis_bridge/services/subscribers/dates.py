"""What the calendar brings about and subscribers are told of, once a task or plan and date."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from mis_bridge.services import deadline_sweep
from mis_bridge.services.days import day_in_wales
from mis_bridge.services.subscribers.outgoing import REVIEW_DUE, TASK_DUE_SOON, TASK_OVERDUE, tell
from mis_bridge.storage import coming_dates
from mis_bridge.storage.tenants import Tenant

TASK_SOON: Final = deadline_sweep.SOON
"""The same week that the daily look at open tasks calls soon: one word, one meaning."""

REVIEW_SOON: Final = timedelta(days=28)
"""Four weeks: time to invite everybody to a meeting and to hold it, a school holiday apart."""


def tell_of_dates(session: Session, tenant: Tenant, *, now: datetime) -> int:
    """Tell of periods that end soon or have ended, and of reviews that are due; how many stand so.

    A date that moves is another fact, of which subscribers are told anew.
    """
    today = day_in_wales(now)
    tasks = coming_dates.tasks_due(session, tenant, today + TASK_SOON)
    for task in tasks:
        tell(
            session,
            Tenant(tenant.la, task.school),
            TASK_OVERDUE if task.on < today else TASK_DUE_SOON,
            {"task_id": task.id, "pupil_id": task.pupil_id},
            key=f"{task.id}:{task.on}",
            now=now,
            jobs=None,
        )
    plans = coming_dates.reviews_due(session, tenant, today + REVIEW_SOON)
    for plan in plans:
        tell(
            session,
            Tenant(tenant.la, plan.school),
            REVIEW_DUE,
            {"plan_id": plan.id, "pupil_id": plan.pupil_id},
            key=f"{plan.id}:{plan.on}",
            now=now,
            jobs=None,
        )
    return len(tasks) + len(plans)
