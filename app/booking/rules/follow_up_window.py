from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from app.booking.rules.case import Case, Judges, refuse
from app.booking.rules.settings import MOST_DAYS, between, flag
from app.directory.kinds import Category


@dataclass(frozen=True, slots=True)
class FollowUpWindow:
    """A follow-up is for who was seen here in the last so many days."""

    days: int
    same_resource: bool = True
    kind: ClassVar[str] = "follow_up_window"
    judges: ClassVar[Judges] = Judges.PATIENT

    def __post_init__(self) -> None:
        between(1, MOST_DAYS, days=self.days)
        flag(same_resource=self.same_resource)

    def check(self, case: Case) -> None:
        if case.patient is None or case.type.category is not Category.FOLLOW_UP:
            return
        seen = case.history.last_visit(
            case.patient,
            resource_id=case.resource.id if self.same_resource else None,
            before=case.span.start,
        )
        if seen is None or case.span.start - seen > timedelta(days=self.days):
            raise refuse(self, field="type_id", days=self.days, last=seen)
