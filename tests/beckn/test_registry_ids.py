"""Catalogs tell by what ids registries know facilities and doctors; both dialects."""

import pytest
from jsonschema import Draft202012Validator

from app.core.actor import SYSTEM
from app.core.errors import InputError, NotFoundError
from app.directory import queries, service
from app.directory.kinds import ResourceKind
from app.directory.saving import CodeTakenError
from beckn.dialects.uhi import UHI
from beckn.pages import checklist, evidence
from beckn.pages.checklist import Proof
from tests import factories as make
from tests.beckn import buyers, schemas
from tests.beckn.buying import Buyer, show
from tests.beckn.uhi_buying import Patient, joined
from tests.factories import NOW
from tests.rooms.clinic import Clinic

pytestmark = pytest.mark.time_machine(NOW, tick=False)

HFR, HPR = "IN3310001234", "71-1111-2222-3333"


@pytest.fixture
def clinic(session):
    it = Clinic(tokens=1)
    it.visit = make.kind(minutes=30)
    show(it.place, it.rao)
    return it


def name(clinic, hfr=HFR, hpr=HPR, of=None):
    who = (of or clinic.rao).public_id
    service.set_registry_ids(clinic.place, hfr, {who: hpr}, by=SYSTEM, now=NOW)


def core(clinic, **intent):
    """Search in core; give the first provider, and the message."""
    told = Buyer(place=clinic.place).asks("search", intent=intent)[0]
    providers = told["catalog"]["providers"]
    return (providers[0] if providers else None), told


def test_core_has_a_credential_of_the_doctor_and_a_tag_of_the_facility(clinic):
    name(clinic)

    provider, told = core(clinic)

    person = provider["fulfillments"][0]["agent"]["person"]
    assert person["creds"] == [{"id": HPR, "type": "HPR"}]
    (tag,) = provider["tags"]
    assert tag["descriptor"] == {"code": "HFR"}
    assert tag["list"] == [{"descriptor": {"code": "ID"}, "value": HFR}]
    assert schemas.strict("on_search").is_valid(told)


def test_without_ids_nothing_is_told_of_them(clinic):
    provider, told = core(clinic)

    assert "tags" not in provider
    assert "creds" not in provider["fulfillments"][0]["agent"]["person"]
    assert schemas.strict("on_search").is_valid(told)


def test_uhi_has_a_mark_of_the_doctor(app, clinic, tmp_path):
    name(clinic)
    with joined(app, tmp_path) as network:
        patient = Patient(network, clinic.place)
        (provider,) = patient.doctors()
        (doctor,) = provider["fulfillments"]
        slots = patient.slots(provider, doctor)

    assert doctor["agent"]["tags"]["@abdm/gov/in/hpr_id"] == HPR
    told = {"catalog": {"descriptor": {"name": "x"}, "providers": [provider, slots]}}
    Draft202012Validator(UHI.schemas["on_search"]).validate(told)


def test_a_doctor_is_found_by_their_id(clinic):
    name(clinic)
    by = lambda sought: {"fulfillment": {"agent": {"person": {"name": sought}}}}  # noqa: E731 - asked twice

    assert core(clinic, **by(HPR))[0] is not None
    assert core(clinic, **by("71-9999-2222-3333"))[0] is None


def test_an_id_is_anothers_never_twice_and_may_be_taken_away(clinic):
    other = make.resource(clinic.place, name="Dr Ravi")
    name(clinic)

    with pytest.raises(CodeTakenError):
        name(clinic, of=other)
    with pytest.raises(CodeTakenError):
        service.set_registry_ids(make.facility(), HFR, {}, by=SYSTEM, now=NOW)
    name(clinic, hfr="", hpr="")
    name(clinic, of=other)

    ids = queries.registry_ids()
    assert (ids.facilities, ids.resources) == ({clinic.place.id: HFR}, {other.id: HPR})


@pytest.mark.parametrize("wrong", ["71 1111", "a" * 41, "हिन्दी"])
def test_what_cannot_be_an_id_is_refused(clinic, wrong):
    with pytest.raises(InputError) as of_doctor:
        name(clinic, hpr=wrong)
    with pytest.raises(InputError) as of_place:
        name(clinic, hfr=wrong)

    assert of_doctor.value.field == f"hpr-{clinic.rao.code}"
    assert of_place.value.field == "hfr_id"


def test_rooms_have_none_and_who_works_elsewhere_is_not_named_here(clinic):
    room = make.resource(clinic.place, ResourceKind.ROOM)

    with pytest.raises(InputError):
        name(clinic, of=room)
    with pytest.raises(NotFoundError):
        name(clinic, of=make.resource(make.facility()))


def test_the_checklist_counts_who_has_one(app, clinic):
    def row():
        network = buyers.Buyer().network()
        facts = evidence.facts(network, by=SYSTEM, now=NOW)
        rows = checklist.rows(facts)
        return next(e for e in rows if e.ask.what.startswith("Doctors bear"))

    assert row().proof is Proof.MISSING
    assert row().words.startswith("0 of 1 doctor, 0 of 1 place have one.")
    name(clinic)

    assert row().proof is Proof.MET
