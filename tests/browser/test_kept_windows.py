"""A window that tests share tells nothing of the test before."""

import pytest

from tests.browser.conftest import coming

pytestmark = pytest.mark.browser


def test_a_kept_window_remembers_nobody_and_nothing(kept, site):
    window = kept[True]
    with coming(window, site) as page:
        page.evaluate("localStorage.setItem('left', 'here')")
        first = window.cookies()

    with coming(window, site) as page:
        left = page.evaluate("localStorage.getItem('left')")
        second = window.cookies()

    assert left is None
    assert {each["name"] for each in first} == {each["name"] for each in second}
    assert all(each not in first for each in second)
