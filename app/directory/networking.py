"""On which terms a facility is booked through the network."""

from datetime import datetime

from sqlalchemy import select

from app.accounts import internal as accounts
from app.accounts.permissions import Permission
from app.accounts.views import Scope
from app.core.actor import Actor
from app.core.db import db, transaction
from app.directory import saving
from app.directory.kinds import NetworkTerms
from app.directory.models import Facility
from app.directory.views import FacilityView


def terms_of(facility: FacilityView) -> NetworkTerms:
    """Give where a visit of the network is paid there from now on."""
    found = select(Facility.network_terms).where(Facility.id == facility.id)
    return db.session.execute(found).scalar_one()


def set_network_terms(
    facility: FacilityView, terms: NetworkTerms, *, by: Actor, now: datetime
) -> None:
    """Set where visits of the network are paid; what was quoted before stays so."""
    with transaction() as session:
        accounts.require(by, Permission.MANAGE_DIRECTORY, Scope(facility.id))
        row = session.get_one(Facility, facility.id, with_for_update=True)
        if row.network_terms is not terms:
            fields = {"network_terms": terms}
            saving.change_facility(row, fields, by=by, now=now)
