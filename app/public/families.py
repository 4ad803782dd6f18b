"""Who comes under a phone that was proved, as its browser may see them."""

from app.accounts.views import Scope
from app.core.actor import ONESELF
from app.directory.views import FacilityView
from app.patients import queries
from app.patients.views import PatientView
from app.public.proving import Known


def of(place: FacilityView, who: Known | None) -> list[PatientView]:
    """Give who is known under a phone; under none, nobody."""
    if who is None:
        return []
    return queries.family(who.phone, by=ONESELF, scope=Scope(place.id))


def called(patient: PatientView, who: Known) -> str:
    """Give a name, cut short where only the browser is known."""
    first, *others = patient.name.split()
    return (
        patient.name if who.fresh else " ".join([first, *(f"{o[0]}." for o in others)])
    )
