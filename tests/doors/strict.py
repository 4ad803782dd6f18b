"""Read HTML as a strict parser does: any slip of a template fails the test."""

import html5lib
from werkzeug.test import TestResponse


def page(response: TestResponse):
    """Parse a whole page."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(response.text)


def piece(response: TestResponse):
    """Parse a piece of a page."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(response.text)


def words(parsed) -> str:
    """Give all text, with single blanks."""
    return " ".join(" ".join(parsed.itertext()).split())
