"""Files that somebody brings: good ones become data, and every broken or hostile one a sentence; nothing is ever unpickled."""

import io
import os
import pickle
import tracemalloc
import zipfile

import numpy as np
import pytest

import optim
from optim.core.errors import DataError
from optim.networks.data import bounds

IMAGES = np.arange(60 * 4, dtype=np.uint8).reshape(60, 2, 2)
LABELS = np.arange(60) % 3
ROWS = "\n".join(f"{i},{i % 7},{'abc'[i % 3]}" for i in range(40))


def npz(**arrays):
    """Return an .npz file of arrays."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def archive(compression=zipfile.ZIP_DEFLATED, **members):
    """Return an archive of members as they are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as made:
        for name, content in members.items():
            made.writestr(f"{name}.npy", content)
    return file.getvalue()


def header(description, version=(1, 0)):
    """Return the beginning of an array's file, with any description."""
    text = description.encode() + b"\n"
    size = len(text).to_bytes(2 if version == (1, 0) else 4, "little")
    return b"\x93NUMPY" + bytes(version) + size + text


class Bomb:
    """Something that would tell, were it unpickled."""

    def __reduce__(self):
        return os.putenv, ("UNPICKLED", "yes")


def with_bomb():
    array = np.empty(60, dtype=object)
    array[:] = [Bomb()] * 60
    file = io.BytesIO()
    np.lib.format.write_array(file, array, allow_pickle=True)
    return archive(images=file.getvalue(), labels=file.getvalue())


def huge(shape, kind="|u1"):
    """Return an archive whose array claims a shape that it has not."""
    described = header(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}")
    return archive(images=described + b"\0" * 100, labels=described)


def zip_bomb():
    """Return a small archive whose images unpack to ten times the bound."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made, made.open("images.npy", "w") as member:
        member.write(header("{'descr': '|u1', 'fortran_order': False, 'shape': (60, 2, 2)}"))
        for _ in range(13):
            member.write(b"\0" * 10_000_000)
    return file.getvalue()


def broken():
    """Return an .npz file with a byte in the middle changed."""
    whole = bytearray(npz(images=np.random.default_rng(0).integers(0, 255, (60, 50), dtype=np.uint8), labels=LABELS))
    whole[len(whole) // 2] ^= 0xFF
    return bytes(whole)


def csv(text):
    return text.encode()


BAD = {
    "nothing": (b"", "empty"),
    "an archive cut short": (npz(images=IMAGES, labels=LABELS)[:200], "damaged"),
    "an archive's first bytes": (b"PK\x03\x04", "damaged"),
    "a byte changed": (broken(), "damaged"),
    "no labels": (npz(images=IMAGES), "images and labels"),
    "other names": (npz(a=IMAGES, b=LABELS), "holds a, b"),
    "no array at all": (archive(images=b"hello", labels=b"hello"), "no array"),
    "an array of another time": (archive(images=header("{}", (9, 9)), labels=b""), "no array"),
    "a header that is code": (archive(images=header("__import__('os').system('true')"), labels=b""), "no array"),
    "a header without end": (archive(images=header("{" * 50_000), labels=b""), "no array"),
    "pickled objects": (with_bomb(), "Python objects"),
    "records": (npz(images=np.zeros(60, dtype="i4,f8"), labels=LABELS), "neither numbers nor names"),
    "complex numbers": (npz(images=IMAGES.astype(complex), labels=LABELS), "neither numbers nor names"),
    "texts for images": (npz(images=IMAGES.astype(str), labels=LABELS), "no numbers"),
    "more than memory": (huge((10**9, 10**9)), "larger than"),
    "a shape below zero": (huge((-60, 4)), "larger than"),
    "a text of a billion letters": (huge((60,), "<U1000000000"), "no array"),
    "less than it claims": (huge((60, 28, 28)), "breaks off"),
    "a text of ten million letters": (huge((60,), "<U10000000"), "larger than"),
    "images of no size": (npz(images=IMAGES[:, :0], labels=LABELS), "empty"),
    "a number alone": (npz(images=np.float64(3), labels=LABELS), "empty"),
    "as many images as not": (npz(images=IMAGES, labels=LABELS[:50]), "60 examples, labels has 50"),
    "flat images": (npz(images=IMAGES.ravel()[:60], labels=LABELS), "1 axis"),
    "square labels": (npz(images=IMAGES, labels=np.zeros((60, 2))), "2 axes"),
    "one class": (npz(images=IMAGES, labels=LABELS * 0), "1 class;"),
    "a class each": (npz(images=np.zeros((200, 4)) + np.arange(4), labels=np.arange(200)), "200 classes"),
    "fractions for labels": (npz(images=IMAGES, labels=LABELS / 2), "fraction"),
    "a missing number": (npz(images=np.where(IMAGES == 9, np.nan, IMAGES), labels=LABELS), "example 3 of images"),
    "endless numbers": (npz(images=IMAGES * 1e305, labels=LABELS), "too large"),
    "all alike": (npz(images=IMAGES * 0 + 7, labels=LABELS), "the same"),
    "a handful": (npz(images=IMAGES[:10], labels=LABELS[:10]), "10 examples"),
    "giant images": (npz(images=np.zeros((20, 65, 65), dtype=np.uint8), labels=LABELS[:20]), "4225 numbers"),
    "thirty arrays": (npz(**{f"a{i}": LABELS for i in range(30)}), "30 arrays"),
    "two shapes": (npz(x_train=IMAGES, y_train=LABELS, x_test=IMAGES[:, :1], y_test=LABELS), "different shapes"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "neither an .npz file nor text"),
    "a pickle": (pickle.dumps(Bomb(), protocol=0), "no column|first line"),
    "a header alone": (csv("a,b,label\n"), "no example"),
    "one column": (csv("label\n1\n2\n"), "1 column;"),
    "no label": (csv(f"a,b,c\n{ROWS}"), "no column is called label"),
    "a name twice": (csv(f"a,a,label\n{ROWS}"), "two columns are called a"),
    "letters among numbers": (csv(f"a,b,label\n{ROWS}\n1,x,a"), "column b has x in example 41"),
    "a gap": (csv(f"a,b,label\n{ROWS}\n1,,a"), "column b has a value that is missing or infinite in example 41"),
    "a gap for a class": (csv(f"a,b,label\n{ROWS}\n1,2,"), "class is missing in example 41"),
    "1e999": (csv(f"a,b,label\n{ROWS}\n1,1e999,a"), "infinite in example 41"),
    "a long line": (csv(f"a,b,label\n{ROWS}\n1,2,a,4,5"), "cannot be read"),
    "longer lines than the header": (csv("a,label\n" + ROWS), "more columns"),
    "a quote without end": (csv(f'a,b,label\n{ROWS}\n1,2,"a'), "cannot be read|number of"),
    "no text": (b"a,b,label\n\xff\xfe\xfa,1,2\n", "UTF-8"),
    "one endless line": (b"a," * 100_000, "first line is longer"),
    "five thousand columns": (",".join(f"c{i}" for i in range(5000)).encode() + b",label\n1\n", "5000 numbers"),
}


class Closed(io.BytesIO):
    """An open file whose reading gives text."""

    def read(self, *_):
        return "a,label"


@pytest.mark.parametrize(
    "given", [5, None, ["a", 1], io.StringIO("a,label\n1,2\n"), Closed()], ids=lambda given: type(given).__name__
)
def test_what_is_no_file_is_refused_in_a_sentence(given):
    with pytest.raises(optim.SpecError, match=r"the bytes of a file, its path, or a file opened with mode rb") as caught:
        optim.read_data(given)
    assert caught.value.field == "file"


@pytest.mark.parametrize("more", [{"label": 5}, {"name": b"mine"}])
def test_a_column_or_a_name_that_is_no_text_is_refused_in_a_sentence(more):
    with pytest.raises(optim.SpecError, match="the class str") as caught:
        optim.read_data(f"a,b,label\n{ROWS}\n".encode(), **more)
    assert caught.value.field == next(iter(more))


def test_a_path_that_no_file_can_have_is_refused_in_a_sentence():
    with pytest.raises(DataError, match="cannot be read"):
        optim.read_data("no\0file")


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_a_sentence(name):
    content, reason = BAD[name]
    with pytest.raises(DataError, match=reason) as caught:
        optim.read_data(content)
    sentence = str(caught.value)
    assert len(sentence) < 250
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    assert pickle.loads(pickle.dumps(caught.value)).problem == caught.value.problem


def test_there_are_thirty_of_them_and_nothing_was_unpickled():
    assert len(BAD) >= 30
    assert "UNPICKLED" not in os.environ


@pytest.mark.parametrize("content", [zip_bomb(), huge((10**6, 200)), huge((10**9, 10**9))], ids=["bomb", "large", "huge"])
def test_no_file_takes_more_memory_than_its_bound(content, monkeypatch):
    tracemalloc.start()
    try:
        with pytest.raises(DataError):
            optim.read_data(content)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000 + len(content) * 3
    finally:
        tracemalloc.stop()


def test_a_large_file_is_not_even_read(tmp_path):
    file = tmp_path / "large.csv"
    with file.open("wb") as made:
        made.truncate(bounds.MAX_FILE + 10)  # a hole, which takes no room
    with pytest.raises(DataError, match="larger than 130 MB"):
        optim.read_data(file)
    with pytest.raises(DataError, match=r"gone\.npz cannot be read"):
        optim.read_data(tmp_path / "gone.npz")


def test_images_and_labels_become_data(tmp_path):
    content = npz(images=IMAGES, labels=LABELS)
    (tmp_path / "mine.npz").write_bytes(content)
    for given in (content, tmp_path / "mine.npz", str(tmp_path / "mine.npz"), io.BytesIO(content)):
        data = optim.read_data(given)
        assert (data.shape, data.classes, data.features) == ((2, 2), ("0", "1", "2"), 4)
        assert (data.training, len(data.inputs)) == (48, 60)
        inputs, targets = data.examples(slice(0, 60))
        order = np.argsort(inputs[:, 0])
        assert np.allclose(inputs[order], IMAGES.reshape(60, 4) / 239)
        assert np.array_equal(targets[order], LABELS)
    assert optim.read_data(tmp_path / "mine.npz").name == "mine.npz"
    assert optim.read_data(content) == optim.read_data(content)
    assert hash(optim.read_data(content)) == hash(optim.read_data(content))
    assert optim.read_data(content) != optim.read_data(npz(images=IMAGES + 1, labels=LABELS))


def test_mnist_as_it_is_usually_kept_is_accepted():
    rng = np.random.default_rng(0)
    parts = {"x_train": rng.integers(0, 2, (60_000, 28, 28), dtype=np.uint8), "y_train": np.arange(60_000) % 10}
    parts |= {"x_test": rng.integers(0, 2, (10_000, 28, 28), dtype=np.uint8), "y_test": np.arange(10_000) % 10}
    file = io.BytesIO()
    np.savez(file, **parts)
    data = optim.read_data(file.getvalue())
    assert (data.training, len(data.inputs), data.shape, data.outputs) == (60_000, 70_000, (28, 28), 10)
    assert data.inputs.dtype == np.uint8
    spec = optim.NetworkSpec(data, [optim.Entry("sgd", {"lr": 0.1})], layers=(5,), steps=2)
    assert spec.network.dimension == 784 * 5 + 5 + 60


def test_a_csv_file_becomes_data():
    data = optim.read_data(csv(f"a, b,Label\n{ROWS}\n"))
    assert (data.features, data.classes, data.training) == (2, ("a", "b", "c"), 32)
    assert data.inputs.dtype == np.uint8
    named = optim.read_data(csv(f"\ufeffkind,b,c\n{ROWS}".replace("\ufeffkind", "\ufeffa")), label="c")
    assert named.classes == ("a", "b", "c")
    with pytest.raises(DataError, match="no column kind"):
        optim.read_data(csv(f"a,b,c\n{ROWS}"), label="kind")
    fractions = optim.read_data(csv("x,z,y\n" + "\n".join(f"{i / 8},5,{i % 2}" for i in range(30))))
    inputs, _ = fractions.examples(slice(0, 30))
    assert np.allclose(inputs.mean(axis=0), 0, atol=1e-6)
    assert np.allclose(inputs[:, 0].std(), 1, rtol=1e-6)
    assert (inputs[:, 1] == 0).all()


def test_a_network_learns_what_somebody_brought():
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    data = optim.read_data(npz(images=rng.normal(labels[:, None], 0.2, (200, 3)), labels=labels))
    spec = optim.NetworkSpec(data, [optim.Entry("adam", {"lr": 0.03})], layers=(8,), steps=60)
    assert optim.train(spec).test_accuracy[0, -1] > 0.95
    with pytest.raises(optim.SpecError, match="JSON"):
        spec.to_json()
    assert pickle.loads(pickle.dumps(spec)) == spec
