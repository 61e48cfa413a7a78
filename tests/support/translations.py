"""What a text and its translation must share: numbers, names, symbols, and which way each of its sentences goes.

Nobody who reads one language sees that a text says something else in the other. `differences` finds it by what both languages
write alike, and by pairs of words for what they do not: "not" and ない, "larger" and 大きい.
"""

import functools
import math
import re
from dataclasses import dataclass
from pathlib import Path

HOLE = re.compile(r"\{[^{}]*\}")
FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－−＝％／（）｜", "0123456789+--=%/()|")
TIMES = re.compile(r"(?<=[\d·r]) x (?=[\d·]|curvature)")
"""An x that stands for ×: between two numbers, and in "lr x curvature"."""


def differences(text, translation):
    """Return what an English text and its Japanese translation do not share, in words; empty where they agree."""
    english, japanese = (HOLE.sub("·", words.translate(FULL_WIDTH)) for words in (text, translation))
    english = TIMES.sub(" × ", english)
    return [*_numbers(english, japanese), *_names(english, japanese), *_symbols(english, japanese), *_meanings(english, japanese)]


# Numbers

WRITTEN = r"(?<![A-Za-zα-ω_\d.)])-?(?:\d{1,3}(?: \d{3})+(?!\d)|\d+(?:\.\d+)?(?:e-?\d+)?)"
WORDS = {
    "zero": 0, "half": 2, "twice": 2, "doubles": 2, "two": 2, "three": 3, "third": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "hundred": 100, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
}  # fmt: skip
WORD = rf"\b(?:{'|'.join(WORDS)})(?:s|th|ths|fold)?\b"
ENGLISH_NUMBER = re.compile(rf"(?:{WRITTEN}|{WORD})(?:[ -](?:of )?{WORD})*", re.IGNORECASE)
DIGITS, UNITS = {"何": 1, "数": 1, "半": 2, "二": 2, "両": 2}, {"割": 10, "百": 100, "千": 1e3, "万": 1e4, "億": 1e8, "兆": 1e12}
JAPANESE_NUMBER = re.compile(rf"(?:{WRITTEN}|[何数]) ?(?:[割百千万億兆]+(?: ?\d+ ?万)?)|{WRITTEN}|半(?!直線|数)|[二両]")
IMPLIED = {0: "vanish", 1: "", 2: r"\bboth\b|neither|apart|second|next|squar|quadratic", 4: "quartic"}
"""Numbers that Japanese may write where English has one of these words; a "one" it may write anywhere."""


def numbers(text):
    """Return the numbers that a text says in digits or words, English or Japanese; a fraction counts as its denominator."""
    japanese = re.search(r"[ぁ-んァ-ヶ一-龥]", text)
    pattern, value = (JAPANESE_NUMBER, _japanese_value) if japanese else (ENGLISH_NUMBER, _english_value)
    return {value(found[0]) for found in pattern.finditer(text.translate(FULL_WIDTH))}


def _english_value(said):
    written = re.match(WRITTEN, said)
    factors = [float(written[0].replace(" ", ""))] if written else []
    return float(math.prod(factors + [WORDS[word] for word in re.findall("|".join(WORDS), said.lower())]))


def _japanese_value(said):
    parts = re.findall(rf"({WRITTEN}|[何数半二両]) ?([割百千万億兆]*)", said)
    return sum((DIGITS.get(digits) or float(digits.replace(" ", ""))) * math.prod(map(UNITS.get, units)) for digits, units in parts)


def _numbers(english, japanese):
    said, translated = numbers(english), numbers(japanese)
    implied = {number for number, words in IMPLIED.items() if re.search(words, english, re.IGNORECASE)}
    return [f"number {number:g}" for number in (said - translated) | (translated - said - implied)]


# Names and symbols

TOKEN = re.compile(r"[A-Za-zα-ω][A-Za-zα-ω0-9_.\u0302₀-₉⁺⁻-]*(?<![.-])|`[^`]*`")
NAME = re.compile(r".[A-Z]|[0-9_α-ω`]|^[b-zB-HJ-Z]$")
"""What is written alike in both languages: capitals inside, digits, Greek letters, code, single letters but "a" and "I"."""
SYMBOLS = set("=<>≤≥+×√∞±⊙¹²³⁰⁴⁵⁶⁷⁸⁹⁻°%|^/")
SPOKEN = {"+": "plus", "×": r"\btimes\b|cross", "/": r"\bover\b|\bof\b|times smaller", "±": "from 0 to"}
"""Symbols that Japanese may write where English has one of these words."""


def _tokens(text):
    tokens = TOKEN.findall(re.sub(r"['’]s\b", "", text))
    return {re.sub("(?<=[A-Z])s$|(?<=optimizer)s$", "", token) for token in tokens}


def _names(english, japanese):
    said, translated = _tokens(english), {token.lower() for token in _tokens(japanese)}
    known = {part for token in said for part in (token.lower(), *token.lower().split("-"))}
    return [f"name {name}" for name in said if NAME.search(name) and name.lower() not in translated] + [
        f"name {name}" for name in translated - known
    ]


def _symbols(english, japanese):
    said, translated = SYMBOLS & set(english), SYMBOLS & set(japanese)
    spoken = {symbol for symbol, words in SPOKEN.items() if re.search(words, english)}
    asked = {"?"} if ("?" in english) != bool(re.search("？|でしょうか?。|(?<!何)か。", japanese)) else set()
    return [f"symbol {symbol}" for symbol in asked | (said - translated) | (translated - said - spoken)]


# Meaning

MASKED = re.compile("平らな[くさ]|(?:なけれ|ね)ばな(?:りません|らない|らな)|もしれません|無事|大きさ|高さ|落ち着|不正解")
"""Japanese words that only look as if they held one of those below."""
NOT = (
    r"\b(?:not|no|never|none|nobody|nothing|nowhere|neither|nor|without|cannot|unknown|hardly|unless|impossible|useless|unbounded"
    r"|unmodified|uncorrected|missing|fails?|seldom|instead)\b|n't\b|\bnon-",
    "ない|なく|なかっ|ません|なし|なければ|ずに|(?<!ま)ず(?=、)|含まず|非|未|不|無|抜けて",
)
"""A negation, in English and in Japanese: a sentence that has it has it in both languages."""
PERHAPS_NOT = (
    r"\b(?:stays?|still|stuck|otherwise|expected|out|local|for ever|other|another|only|keeps?|just|little|less|on)\b"
    "|apart|however|whatever|whichever|infinity",
    "変わ(?:りません|らない|らず)|しか[^。、]*?(?:ません|ない|なく|ず)|違|まれ|どちらも|ほぼ",
)
"""What one language says with a negation, and the other without: "stays" is 動きません, しかない is "only"."""
UNCHANGED = "変わりません|変わらない|変わらず"
"""What English says with "stays", "the same" or a negation."""
ANY, NOT_ANY = "(?<![ほん])どの", "[^。、]*(?:ません|ない|なし)"
OPPOSITES = {
    "up or down": (
        r"\b(?:more|larg\w+|huge|great\w*|high\w*|most|gr[oe]w\w*|increas\w+|rises?|raises?|up|above|beyond|climbs?)\b",
        r"\b(?:less|small\w*|low\w*|few\w*|shr[iu]nk\w*|f[ae]ll\w*|(?<!a )drops?|down\w*|below|under|tiny|fades?|decay\w*)\b",
        "大き|最大|高|増|上|登|超|多|延|強|向こう|積み重な",
        "小さ|最小(?!点)|低|減|下|落|縮|少|未満|薄|(?<!損)失|消",
    ),
    "long or short": (r"\blong\w*|\bfar\b", r"\bshort\w*", "長|遠", "短"),
    "fast or slow": (r"\bfast\w*|\bsooner|\bquick\w*", r"\bslow\w*|later|crawl", "速|早", "遅|ゆっくり|のろ|なかなか"),
    "near or far": (r"\bnear\w*|\bclose\w*", r"\bfar\b|\bfarther|\baway", "近|そば|脇|隣", "遠|離れ|逃げ"),
    "first or last": (r"\bfirst|\bearl|\bstart|\bbeg[iau]n", r"\bafter|\blast\b|\blate\b|\bend", "最初|初|始", "後|終|着"),
    "steep or gentle": (r"\bsteep", r"\bgentl|\bflat", "急", "緩|ゆる|平ら"),
    "along or across": (r"\balong", r"\bacross", "沿", "横切"),
    "good or bad": (r"\bbest|\bbetter|\bgood", r"\bworst?e?\b|\bbad", "良|よい|よく|優|得", "悪"),
    "in or out": (r"\bin(?:side|to)\b", r"\boutside\b", "の中|内", "外"),
    "the same or another": (r"\bsame\b|\bequal", r"\bothers?\b|\bdiffer|\banother", "同じ|等し|共通", "違|別|異|ほか"),
    "right or wrong": (r"\bright\b", r"\bwrong", "正|右|合って", "間違|誤"),
    "minimum or maximum": (r"\bminim", r"\bmaxim", "最小|極小", "最大|極大"),
    "always or never": (
        r"\balways|\ball\b|\bevery",
        r"\bnever|\bnone|\bnobody|\bno (?!longer)",
        f"いつも|すべて|{ANY}(?!{NOT_ANY})",
        f"決して|一度も|{ANY}(?={NOT_ANY})",
    ),
}
"""Opposites: one and the other in English, one and the other in Japanese. Who has but one has not but the other translated."""

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
COMPOUND = re.compile("conjugate gradient|optimizer race|schedule-free", re.IGNORECASE)
"""Names in which a term does not mean itself."""


@dataclass(frozen=True)
class Term:
    """A row of the glossary: a term in English, what it may be in Japanese, and what it is never called."""

    english: re.Pattern[str]
    japanese: re.Pattern[str] | None
    avoided: tuple[str, ...]


def _row(line):
    english, japanese, avoided = ([word.strip() for word in cell.split("、" if i else ",")] for i, cell in enumerate(line))
    said = re.compile(rf"\b(?:{'|'.join(english)})(?:s|es)?\b", re.IGNORECASE)
    return Term(said, re.compile("|".join(japanese), re.IGNORECASE) if any(japanese) else None, tuple(filter(None, avoided)))


@functools.cache
def glossary():
    """Return the rows of the glossary. Who has a term has it translated; Japanese may repeat it more often."""
    lines = [line[1:-1].split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return [_row(line) for line in lines[2:]]


def _meanings(english, japanese):
    return [found for said, translated in _sentences(english, MASKED.sub("·", japanese)) for found in _apart(said, translated)]


def _sentences(english, japanese):
    """Return the sentences of both languages in pairs, or both texts whole where they are not as many."""
    one, other = re.split(r"(?<=[.?]) +(?=[A-Z·])", english), re.split("[。？](?=.)", japanese)
    return list(zip(one, other, strict=True)) if len(one) == len(other) else [(english, japanese)]


def _apart(english, japanese):
    said, perhaps_said = (re.search(words[0], english, re.IGNORECASE) for words in (NOT, PERHAPS_NOT))
    translated, perhaps = re.search(NOT[1], re.sub(PERHAPS_NOT[1], "", japanese)), re.search(PERHAPS_NOT[1], japanese)
    if (said and not (translated or perhaps)) or (translated and not (said or perhaps_said)):
        yield f"not: {english!r}, {japanese!r}"
    if re.search(UNCHANGED, japanese) and not (said or perhaps_said or re.search(r"\bsame\b|equal", english, re.IGNORECASE)):
        yield f"unchanged: {english!r}, {japanese!r}"
    for term in glossary():
        found = term.english.search(COMPOUND.sub("·", english))
        if found and term.japanese and not term.japanese.search(japanese):
            yield f"term {found[0]}: {english!r}, {japanese!r}"
    for name, (one, other, ichi, ni) in OPPOSITES.items():
        way = bool(re.search(one, english, re.IGNORECASE)) - bool(re.search(other, english, re.IGNORECASE))
        back = bool(re.search(ichi, japanese)) - bool(re.search(ni, japanese))
        if way * back < 0:
            yield f"{name}: {english!r}, {japanese!r}"
