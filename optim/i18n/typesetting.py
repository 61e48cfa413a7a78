"""Japanese typesetting: a space sets Latin letters and numbers apart from Japanese words, and none stands between such words."""

import re

_JAPANESE = "[ぁ-ゖァ-ヺー一-鿿々]"
_BEFORE, _AFTER = "[A-Za-z0-9Α-ωµ°%√∞⁰¹²³⁴-⁹₀-₉)]", "[A-Za-z0-9Α-ω√∞(]"
_APART = re.compile(f"(?<={_JAPANESE})(?=-?{_AFTER})|(?<={_BEFORE})(?={_JAPANESE})")
_TOGETHER = re.compile("(?<=[ぁ-ゖァ-ヺー一-鿿々）」。、：]) (?=[ぁ-ゖァ-ヺー一-鿿々「（])")


def set_apart(text: str) -> str:
    """Return a text with a space wherever a Japanese word meets a Latin letter, a number or a point such as (0, 0)."""
    return _APART.sub(" ", text)


def continued(text: str, more: str) -> str:
    """Return a text that goes on with another one, with the space that their border needs, and neither of them changed inside."""
    seam = text[-2:] + more[:2]
    if seam.isascii():
        return text + more
    return text[:-2] + _TOGETHER.sub("", set_apart(seam)) + more[2:]
