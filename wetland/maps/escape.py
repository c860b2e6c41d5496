"""The one way text and data get into a map.

folium renders what it is given a second time as a Jinja template *on the server*, and Leaflet takes
the text of a tooltip as HTML. So a survey file that holds ``{{ ... }}`` would run on the server and
one that holds ``<img onerror=...>`` would run in every visitor's browser. Every word that reaches a
map goes through `esc`, every value through `safe_json`; `tests/maps/test_payloads.py` keeps the
attacks.
"""

from __future__ import annotations

import json
import re

_HTML = {ord(c): f"&#{ord(c)};" for c in "&<>\"'`${}\\%"}
_HTML |= {c: " " for c in range(32) if c not in (9, 10)} | {0x2028: " ", 0x2029: " ", 0x7F: " "}

_JSON = {ord(c): f"\\u{ord(c):04x}" for c in "<>&'`${}%#/\u2028\u2029\u007f"}
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def esc(value: object) -> str:
    """Return ``value`` as HTML text that is inert in HTML, in JavaScript and in a Jinja template.

    Besides the five characters of HTML, the characters that open an expression (backtick, dollar,
    braces, percent sign, backslash) become numeric entities; control characters become spaces.

    Examples
    --------
    >>> esc("{{ 7*7 }}")
    '&#123;&#123; 7*7 &#125;&#125;'
    >>> esc("西溪 <b>")
    '西溪 &#60;b&#62;'
    """
    return str(value).translate(_HTML)


def safe_json(value: object) -> str:
    r"""Return ``value`` as JSON that is inert inside a script and inside a Jinja template.

    The same value comes out of any JSON parser: only characters *within* strings are written as
    ``\uXXXX``. A slash is written so too, which leaves no address in the page that a map's own
    code did not put there (`wetland.maps.offline.localise` looks for those).

    Raises
    ------
    ValueError
        When ``value`` holds NaN or an infinity, which JSON has no word for.

    Examples
    --------
    >>> safe_json({"name": "</script>{{x}}"})
    '{"name":"\\u003c\\u002fscript\\u003e\\u007b\\u007bx\\u007d\\u007d"}'
    """
    plain = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _JSON_STRING.sub(lambda found: found.group().translate(_JSON), plain)
