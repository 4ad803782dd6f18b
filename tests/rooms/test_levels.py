"""Priority levels of the hospital's own, beside the three that ship."""

import pytest

from app.core.errors import InputError
from app.doors import queue_words
from app.queues import queries
from app.queues import service as queues
from app.queues.errors import CodeTakenError
from app.queues.kinds import Level
from app.queues.views import NewLevel
from tests.factories import NOW, SYSTEM
from tests.rooms import acts_queues as acts

ASKED = {"by": SYSTEM, "now": NOW}


def level(name="Ward", minutes=25):
    return queues.add_level(NewLevel(name, "From the ward", minutes), **ASKED)


def of(code):
    return next(each for each in queries.levels(by=SYSTEM) if each.code == code)


def test_one_of_its_own_goes_sooner_by_its_weight_and_says_its_name(cast):
    ward = level()

    usual, sooner = acts.walk_in(cast), acts.walk_in(cast, level=ward.code)

    assert (usual.due_at - sooner.due_at).total_seconds() == 25 * 60
    assert "Ward -25 min" in queue_words.why(sooner)
    assert queries.queue(usual.queue_id, **ASKED).waiting[0].id == sooner.id
    again = queues.prioritise(usual.id, ward.code, "came from the ward", **ASKED)
    assert again.due_at == sooner.due_at


def test_out_of_use_it_is_offered_to_nobody_and_kept_by_who_has_it(cast):
    ward = level()
    here = acts.walk_in(cast, level=ward.code)
    off = NewLevel("Ward", minutes=25)
    queues.change_level(ward.id, off, active=False, **ASKED)

    for act in (
        lambda: acts.walk_in(cast, level=ward.code),
        lambda: acts.walk_in(cast, level="nothing"),
        lambda: queues.prioritise(here.id, ward.code, "again", **ASKED),
    ):
        with pytest.raises(InputError):
            act()
    assert queries.entry(here.id, **ASKED).level == ward.code


def test_what_ships_gets_another_name_and_stays(cast):
    urgent, first = of(Level.URGENT), of(Level.EMERGENCY)
    queues.change_level(urgent.id, NewLevel("Yellow"), active=True, **ASKED)

    told = acts.walk_in(cast, level=Level.URGENT.value)

    assert "Yellow -30 min" in queue_words.why(told)
    for refused, order, active in (
        (first, NewLevel("Red"), False),
        (urgent, NewLevel("Yellow", minutes=5), True),
    ):
        with pytest.raises(InputError):
            queues.change_level(refused.id, order, active=active, **ASKED)


def test_two_are_not_called_alike_and_what_goes_first_stands_first(cast):
    level("Ward", 10)
    level("Camp", 20)

    with pytest.raises(CodeTakenError):
        level("ward")

    names = [each.name for each in queries.levels(by=SYSTEM)]
    assert names == ["Emergency", "Urgent", "Camp", "Ward", "Routine"]
