"""Terms of payment for tests: what a house asks, and what buyers say they paid."""

from app.core.actor import SYSTEM
from app.directory import service as directory
from app.directory.kinds import NetworkTerms
from tests.factories import NOW

PREPAID, DESK = NetworkTerms.PREPAID, NetworkTerms.DESK


def sets(place, terms, by=SYSTEM):
    """Say where visits of the network are paid at a place from now on."""
    directory.set_network_terms(place, terms, by=by, now=NOW)


def paid(transfer="UPI-7001", **changed):
    """Write the payment of a core order; what is None is left out."""
    params = {"transaction_id": transfer, "amount": "300.00", "currency": "INR"}
    said = {"collected_by": "BAP", "type": "PRE-ORDER", "status": "PAID"}
    said |= {name: changed[name] for name in said if name in changed}
    params |= {name: changed[name] for name in params if name in changed}
    told = {**_said(said), "params": _said(params)}
    return {"payments": [told]}


def paid_in_uhi(transfer="UPI-7001", **changed):
    """Write the payment of an order of UHI, as its examples do."""
    params = {"transaction_id": transfer, "amount": "300.0", "mode": "UPI"}
    params |= {name: changed[name] for name in changed if name != "status"}
    return {
        "payment": {"status": changed.get("status", "PAID"), "params": _said(params)}
    }


def _said(told):
    return {name: value for name, value in told.items() if value is not None}
