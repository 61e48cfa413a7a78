"""What somebody may send who means no good, drawn from a seed: links, formulas, lines of a rule, files of examples, JSON.

Each draw mutates what is good, or takes from what has broken other programs. `CANARY` is in them as a path and as a host: nobody
may open the one, ask the other, or show either as a live part of the page.
"""

import io
import json
import random
import zipfile
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlencode

import numpy as np

import optim
from optim.networks.spec import NetworkSpec
from pages.shared.inputs.fields import LOOKED_AT, fields
from pages.shared.inputs.link_codec import MOST_FIELDS, decode, encode
from pages.shared.inputs.presets import PRESETS
from pages.shared.inputs.rules import EXAMPLES
from pages.shared.sitemap import PAGES

CANARY = "canary-7f3a"
"""A name that stands nowhere else."""
HOST = f"http://{CANARY}.invalid:9/"
TEXTS = (
    "",
    " ",
    "\x00",
    "\n",
    "None",
    "[]",
    "{}",
    "__class__",
    "__import__('os').system('touch CANARY')".replace("CANARY", CANARY),
    f"open('{CANARY}','w')",
    f"exec(\"open('{CANARY}','w')\")",
    "(lambda: 0).__globals__",
    "{0.__class__.__mro__}",
    "{__init__}",
    "%(name)s%n%s",
    "${7*7}",
    "{{7*7}}",
    f"../../../{CANARY}",
    "../../.streamlit/config.toml",
    "/etc/passwd",
    "C:\\windows\\win.ini",
    f"file:///{CANARY}",
    HOST,
    f"javascript:fetch('{HOST}')",
    f"![a]({HOST}a.png)",
    f"[a]({HOST})",
    f"<img src={HOST}>",
    f"<script src={HOST}></script>",
    f"</style><link rel=stylesheet href={HOST}>",
    "'; DROP TABLE races; --",
    "$$\\input{/etc/passwd}$$",
    f"\\href{{{HOST}}}{{x}}",
    ":material/home: :red[x] :tada:",
    "\u202e\u2066abc\u2069",
    "a\u0301" * 40,
    "\U0001f3c1\U0001f468\u200d\U0001f469",
    "\ufeffadam",
    "ＳＧＤ",
    "\uffff\ufffe",
    "A" * 9_000,
    "9" * 5_000,
    "(" * 900 + ")" * 900,
    "," * 3_000,
    "x" + "+x" * 2_000,
    "\n" * 3_000,
)
"""Texts that have broken other programs."""
NUMBERS = (
    *("nan", "inf", "-inf", "-0", "1e400", "-1e400", "1e-400", "1e308", "1e999999999", "0x10", "1_0", "１２", "٣", "½", "²", "-1"),
    *("1,5", "1e", "+5", "0", "1", "2.5", "1e6", "-1e6", "10000", "10001", "4294967295", "4294967296", "True", "true", "1e-300"),
)
FORMULAS = (
    *(preset.spec.problem for preset in PRESETS if preset.spec.problem not in optim.PROBLEMS),
    *("x**2/20 + y**2", "100(y-x^2)^2+(1-x)^2", "abs(x)+max(y,-y)", "log(x)+sqrt(y)", "1/x", "exp(-x**2)*sin(9*y)", "cbrt(x*y)"),
    *("tan(x)/y", "min(x, y, 3)", "x**y", "9**9**9**9", "exp(exp(exp(x)))", "1/(x**2+y**2)", "acos(2+x**2)", "1e99*x**64"),
)
PIECES = (
    *("x", "y", "x**2", "y^3", "1e99", "1e-99", "0", "64", "-1", "0.1", "pi", "e", "z", "++", "**", "^-", "(", ")", ",", "|", "²"),
    *("sin(", "exp(", "log(", "tan(", "abs(", "sign(", "max(", "cbrt(", "asin(", "tanh(", "/", "*", "-", " ", "√", "×", "\\frac"),
    *(
        "starts at",
        ":=",
        "=",
        "g",
        "v",
        "lr",
        "t",
        "gradient(x)",
        "value(x)",
        "norm(",
        "dot(",
        "where(",
        "if",
        "else",
        "\n",
        "@",
        "%",
    ),
)
RULES = (
    *EXAMPLES.values(),
    "g = gradient(x)\nx = x - lr * g / (norm(g) + 1e-8)",
    "s starts at 1\ns = s * 2\nx = x - s * gradient(x)",
    "x = x - lr * sign(gradient(x))",
)
HELD = {
    "double_value": (*map(float, ("nan", "inf", "-inf")), 1e308, -1e308, -1.0, 0.0, 1e-320, 2.0**63),
    "int_value": (-1, 0, 13, 2**53, -(2**63), 2**63 - 1),
    "bool_value": (False, True),
    "string_value": TEXTS,
    "string_array_value": tuple({"data": list(texts)} for texts in ((), ("",), ("nope",), TEXTS[:9], TEXTS[-4:])),
}
"""Type of what an input holds -> what a program that passes for a browser may say that it holds."""
FORMS = ("link", "formula", "rule", "file", "JSON", "pin")
"""The kinds of what is sent; `drawn` makes each."""


@dataclass(frozen=True)
class Sent:
    """Something hostile: its kind, and what it is; of a link its parameters."""

    kind: str
    content: object


def drawn(kind, seed):
    """Return one hostile thing of a kind; a seed always gives the same one."""
    chance = random.Random(f"{kind} {seed}")
    make = {
        "link": link,
        "formula": formula,
        "rule": rule,
        "file": file,
        "JSON": json_text,
        "pin": lambda chance: {"pin": urlencode(clean(link(chance)))},
    }
    return Sent(kind, make[kind](chance))


def clean(query):
    """Return parameters as an address can hold them: it has no half of a pair of surrogates."""
    return {key: text.encode("utf-8", "replace").decode() for key, text in query.items()}


def spoilt(text, chance, pieces=PIECES, most=6):
    """Return a text with some places cut out, doubled or filled with something else."""
    for _ in range(chance.randint(1, most)):
        at = chance.randint(0, len(text))
        to = min(len(text), at + chance.randint(0, 8))
        put = chance.choice((*pieces, text[at:to] * 2, chr(chance.choice((0, 9, 127, 0x2028, 0xFF08, 0x1D400)))))
        text = text[:at] + put + text[to:]
    return text


def formula(chance):
    """Return a formula that is spoilt, put together at random, or something else altogether."""
    match chance.randrange(4):
        case 0:
            return chance.choice(TEXTS)
        case 1:
            return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 60)))
        case 2:
            return deep(chance)
    return spoilt(chance.choice(FORMULAS), chance)


def deep(chance):
    """Return a correct formula that nests, multiplies and raises as much as it may."""
    text = chance.choice("xy")
    for _ in range(chance.randint(1, 30)):
        one = chance.choice(("sin", "exp", "log", "abs", "tan", "sqrt", "cosh", "asin", "cbrt"))
        text = chance.choice(
            (f"{one}({text})", f"({text})**{chance.choice((2, 3, 9, 64, -5, 0.5))}", f"max({text}, y)", f"{text}*x")
        )
        text = chance.choice((text, text, f"{text}+{text}", f"({text})/({chance.choice(FORMULAS)})"))
    return text


def rule(chance):
    """Return the lines of a rule that are spoilt, put together at random, or something else altogether."""
    match chance.randrange(4):
        case 0:
            return chance.choice(TEXTS)
        case 1:
            lines = ("".join(chance.choice(PIECES) for _ in range(chance.randint(1, 9))) for _ in range(chance.randint(1, 30)))
            return "\n".join(f"{chance.choice('xgvm')} = {line}" for line in lines)
        case 2:
            return f"g = gradient(x)\nx = x - lr * ({deep(chance)})"
    return spoilt(chance.choice(RULES), chance)


def text(chance):
    """Return any text."""
    one = chance.choice((TEXTS, TEXTS, NUMBERS, FORMULAS))
    return chance.choice(one) if chance.random() < 0.8 else spoilt(chance.choice(one), chance)


@cache
def keys():
    """Return every key that a link may have: those of a race of twelve whose racers have all there is, and of all pages."""
    full = {"k": "12", "fn": "own"} | {f"o{slot}": name for slot, name in enumerate(("own", *optim.OPTIMIZERS), 1) if slot <= 12}
    full |= {f"o{slot}.schedule": "Cosine" for slot in range(1, 13)} | {f"o{slot}.clip_norm": "true" for slot in range(1, 13)}
    values = decode(full)[0]
    elsewhere = (
        "lesson",
        "section",
        "lang",
        "race",
        "embed",
        "embed_options",
        "sgd.lr",
        "four.n",
        "nothing",
        "o99.lr",
        "o0",
        "__x",
    )
    return tuple(dict.fromkeys([*(field.key for field in fields(values)), *(f.key for f in LOOKED_AT), *elsewhere]))


def option(key, chance):
    """Return a good text for a key where a short one comes to mind: only behind good ones some inputs appear."""
    if key in {"fn", "o1", "o2", "net.data"}:
        return chance.choice(("own", "Write your own formula", "rosenbrock", "adam", "two_moons", "file", "sgd"))
    return chance.choice(("1", "2", "true", "own", "adam", "0.1", "cosine", "3"))


def link(chance):
    """Return the parameters of a link of which some mean no good."""
    query = dict(encode(chance.choice(PRESETS).spec)) if chance.random() < 0.3 else {}
    for _ in range(chance.randint(1, 9)):
        key = chance.choice(keys()) if chance.random() < 0.95 else text(chance)[:200]
        query[key] = option(key, chance) if chance.random() < 0.3 else text(chance)
    special = {
        "f": lambda: {"fn": "own", "f": formula(chance)},
        "rule": lambda: {"o1": "own", "o1.rule": rule(chance)},
        "race": lambda: {"race": json_text(chance)},
        "net": lambda: {"net.data": "own", "net.f": formula(chance), "net.n": "5", "net.layers": "2x16"},
        "many": lambda: {f"o{number}.lr": text(chance)[:40] for number in range(chance.choice((30, MOST_FIELDS // 2)))},
        "pin": lambda: {
            "pin": urlencode({"fn": "own", "f": formula(chance), "pin": "pin=pin", "k": text(chance)[:50]}, errors="replace")
        },
        "": dict,
    }
    return query | special[chance.choice((*special, "", ""))]()


def json_text(chance):
    """Return a JSON text: of a spec of which parts are exchanged, one that is cut or spoilt, or one that only looks like it."""
    good = json.loads(chance.choice(PRESETS).spec.to_json())
    if chance.random() < 0.2:
        good = json.loads(NetworkSpec(data="two_moons", layers=(4,), steps=3).to_json())
    match chance.randrange(5):
        case 0:
            return chance.choice(
                (*TEXTS, "[" * 5000, '{"a":' * 500, '{"steps": ' + "9" * 5000 + "}", '{"a":1,"a":2}', "NaN", '"\\ud800"')
            )
        case 1:
            return spoilt(
                json.dumps(good), chance, ('"', "{", "}", "[", "]", ",", ":", "null", "NaN", "1e999", "\\ud800", "\\u0000")
            )
        case 2:
            return json.dumps(good)[: chance.randrange(400)]
    for _ in range(chance.randint(1, 4)):
        exchange(good, chance)
    return json.dumps(good)


def exchange(data, chance):
    """Put something else in one place of nested data."""
    while True:
        place = chance.choice(list(data) if isinstance(data, dict) else range(len(data)))
        inner = data[place]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
            data = inner
            continue
        data[place] = chance.choice(
            (
                None,
                True,
                [],
                {},
                [[]],
                -1,
                0,
                1e308,
                float("nan"),
                10**400,
                "\ud800",
                text(chance),
                formula(chance),
                [1] * 50,
                {"a": 1},
            )
        )
        return


def file(chance):
    """Return the content of a file of examples: CSV or .npz, with parts that are wrong, cut or spoilt, or anything else."""
    match chance.randrange(6):
        case 0:
            return chance.choice(TEXTS).encode("utf-8", "replace")
        case 1 | 2:
            return csv(chance)
        case 3:
            return chance.randbytes(chance.randrange(1, 400))
    return archive(chance)


def csv(chance):
    """Return a table of which some places hold anything."""
    rows = [["a", "b", chance.choice(("label", "label", "b", ""))]]
    rows += [[str(chance.random()), str(chance.random()), str(chance.randrange(3))] for _ in range(chance.choice((3, 25, 60)))]
    for _ in range(chance.randint(0, 3)):
        row = chance.choice(rows)
        row[chance.randrange(len(row))] = text(chance)
    if chance.random() < 0.2:
        chance.choice(rows).append("more")
    joined = chance.choice((",", ",", ";", "\t")).join
    return "\n".join(map(joined, rows)).encode(chance.choice(("utf-8", "utf-16", "latin-1")), "replace")


def archive(chance):
    """Return an .npz file: arrays of many types and shapes, with headers that lie, packed, cut or spoilt."""
    count = chance.choice((0, 5, 30))
    shapes = ((count, 2), (count,), (count, 4, 4), (), (count, 0), (count, 1, 1, 1, 1))
    kinds = (np.float64, np.uint8, np.float16, np.complex128, bool, "U3", "S3", "M8[s]", object, np.float32, "V4")
    names = chance.choice((("images", "labels"), ("X", "y"), ("x_train", "y_train", "x_test", "y_test"), ("../x", "y")))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA))) as packed:
        for number, name in enumerate(names):
            usual = chance.random() < 0.7
            shape = ((count, 2), (count,))[number % 2] if usual else chance.choice(shapes)
            packed.writestr(f"{name}.npy", array(shape, np.dtype(np.float64) if usual else np.dtype(chance.choice(kinds)), chance))
    content = held.getvalue()
    for _ in range(chance.choice((0, 0, 1, 20))):
        at = chance.randrange(len(content))
        content = content[:at] + chance.randbytes(1) + content[at + 1 :]
    return content[: chance.choice((len(content), len(content), chance.randrange(len(content))))]


def array(shape, kind, chance):
    """Return an array as numpy.save writes it, sometimes with a header that promises something else."""
    out = io.BytesIO()
    values = np.array([chance.choice((0, 1, 2, 0.5)) for _ in range(int(np.prod(shape)))]).reshape(shape)
    if kind.kind in "OVM":
        values = np.zeros(shape, kind)
    np.save(out, values.astype(kind), allow_pickle=True)
    written = out.getvalue()
    if chance.random() < 0.2:
        told = str(shape).encode()
        lie = chance.choice((b"(99999999999, 9)", b"(-5, 2)", b"(True, 2)", b"__import__('os')", b"(2,)*99", b"()"))
        written = written.replace(told, lie, 1)
    return written


def pages():
    """Return the names of all pages, as addresses have them, and of one that there is not."""
    return ["", *(one.name for one in PAGES[1:]), "nowhere"]
