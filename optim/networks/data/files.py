"""Files of examples that somebody brings: read with bounds, never unpickled, and refused in a sentence that says what is wrong."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from optim.core.errors import DataError, SpecError
from optim.core.parameter import takes
from optim.i18n.message import message, plural
from optim.i18n.phrases import examples
from optim.networks.data.bounds import MAX_CLASSES, MAX_EXAMPLES, MAX_FEATURES, MAX_FILE, MIN_EXAMPLES
from optim.networks.data.csv_file import read_csv
from optim.networks.data.data_set import DataSet, split
from optim.networks.data.npz_file import is_npz, read_npz

Numbers = npt.NDArray[Any]


@takes(label=str, name=str)
def read_data(file: bytes | str | Path | BinaryIO, label: str | None = None, name: str = "") -> DataSet:
    """Return the classified examples of a file: its content, its path, or an open file. DataError says what is wrong with it.

    An .npz file holds `images` and `labels`, or `x_train`, `y_train`, `x_test` and `y_test`; a CSV file has a header, one example
    in each line, and the classes in the column called `label`, or in the one that this argument names. A fifth is kept for the
    test where the file does not say otherwise.
    """
    content, named = _content(file)
    name = name or named or str(message("your file"))
    if is_npz(content):
        parts = read_npz(content)
        return _made(name, parts)
    images, labels = read_csv(content, label)
    return _made(name, {"images": images, "labels": labels})


def _content(file: bytes | str | Path | BinaryIO) -> tuple[bytes, str]:
    """Return what a file holds, and its name; never more than a little above the bound is read."""
    if isinstance(file, str | Path):
        path = Path(file)
        try:
            with path.open("rb") as opened:
                content = opened.read(MAX_FILE + 1)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise DataError(message("{name} cannot be read: {why}", name=path.name, why=why)) from None
        name = path.name
    elif isinstance(file, bytes | bytearray | memoryview):
        content, name = bytes(file), ""
    else:
        content, name = _read(file), str(getattr(file, "name", ""))
    if not content:
        raise DataError(message("the file is empty"))
    if len(content) > MAX_FILE:
        raise DataError(message("the file is larger than {most} MB", most=MAX_FILE // 10**6))
    return content, name


def _read(file: Any) -> bytes:
    """Return what an open file holds; SpecError where this is none, or one of text."""
    content = file.read(MAX_FILE + 1) if callable(getattr(file, "read", None)) else None
    if not isinstance(content, bytes):
        raise SpecError("file", file, message("the bytes of a file, its path, or a file opened with mode rb"))
    return content


def _made(name: str, parts: Mapping[str, Numbers]) -> DataSet:
    """Return a data set made of arrays: images and labels, or both for training and test."""
    if "x_train" in parts:
        pairs = [_pair(parts[f"x_{part}"], parts[f"y_{part}"], f"x_{part}", f"y_{part}") for part in ("train", "test")]
        (images, labels), (tested, test_labels) = pairs
        if images.shape[1:] != tested.shape[1:]:
            raise DataError(
                message("x_train and x_test have images of different shapes, {a} and {b}", a=images.shape[1:], b=tested.shape[1:])
            )
        training = len(images)
        images, labels = np.concatenate([images, tested]), np.concatenate([labels, test_labels])
        order = np.arange(len(images))
    else:
        images, labels = _pair(parts["images"], parts["labels"], "images", "labels")
        order, training = split(len(images))
    _check_examples(len(images))
    shape: tuple[int, ...] = images.shape[1:]
    inputs = images.reshape(len(images), -1)
    classes, numbers = _classes(labels)
    shift, scale = _scaling(inputs)
    return DataSet(
        name=name,
        title=name,
        inputs=inputs[order],
        targets=numbers[order],
        training=training,
        classes=classes,
        shift=shift,
        scale=scale,
        shape=shape,
        source=message("a file of your own"),
    )


def _pair(images: Numbers, labels: Numbers, image_name: str, label_name: str) -> tuple[Numbers, Numbers]:
    """Return images and labels that fit each other."""
    if not 2 <= images.ndim <= 4:
        wrong = plural(
            "{name} has {count} axis; it should have one for examples, and one to three for an image",
            "{name} has {count} axes; it should have one for examples, and one to three for an image",
            images.ndim,
            name=image_name,
        )
        raise DataError(wrong)
    if labels.ndim == 2:  # a column of classes is as good as a row
        labels = labels.reshape(-1) if labels.size == len(labels) else labels
    if labels.ndim != 1:
        raise DataError(
            message(
                "{name} has {count} axes; it should have one, with a class for each example", name=label_name, count=labels.ndim
            )
        )
    if len(images) != len(labels):
        raise DataError(
            message(
                "{name} has {count}, {other} has {others}",
                name=image_name,
                count=examples(len(images)),
                other=label_name,
                others=len(labels),
            )
        )
    features = math.prod(images.shape[1:])
    if not 1 <= features <= MAX_FEATURES:
        raise DataError(message("an example has {count} numbers; 1 to {most} would do", count=features, most=MAX_FEATURES))
    if images.dtype.kind not in "biuf":
        raise DataError(message("{name} holds no numbers but {kind}", name=image_name, kind=images.dtype.name))
    finite = np.isfinite(images).all(axis=tuple(range(1, images.ndim)))
    if not finite.all():
        bad = int(finite.argmin()) + 1
        raise DataError(message("example {number} of {name} has a value that is missing or infinite", number=bad, name=image_name))
    return images, labels


def _check_examples(count: int) -> None:
    if not MIN_EXAMPLES <= count <= MAX_EXAMPLES:
        raise DataError(
            plural(
                "there is {count} example; {low} to {high} would do",
                "there are {count} examples; {low} to {high} would do",
                count,
                low=MIN_EXAMPLES,
                high=MAX_EXAMPLES,
            )
        )


def _classes(labels: Numbers) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """Return the names of the classes, and the number of each example's class."""
    if labels.dtype.kind == "f":
        if not (np.isfinite(labels) & (labels == np.round(labels))).all():
            raise DataError(message("a label is a fraction or missing; classes are whole numbers or names"))
        labels = labels.astype(np.int64)
    if labels.dtype.kind not in "biuU":
        raise DataError(message("labels are {kind}; classes are whole numbers or names", kind=labels.dtype.name))
    found, numbers = np.unique(labels, return_inverse=True)
    if not 2 <= len(found) <= MAX_CLASSES:
        raise DataError(
            plural(
                "there is {count} class; {low} to {high} would do",
                "there are {count} classes; {low} to {high} would do",
                len(found),
                low=2,
                high=MAX_CLASSES,
            )
        )
    return tuple(str(one)[:40] for one in found.tolist()), numbers.astype(np.int64)


def _scaling(inputs: Numbers) -> tuple[Any, Any]:
    """Return what is subtracted from inputs, and what they are divided by then: bytes keep their 0, other columns get mean 0."""
    if inputs.dtype == np.uint8:
        largest = int(inputs.max())
        if largest == inputs.min():
            raise DataError(message("all examples are the same"))
        return 0.0, float(largest)
    with np.errstate(all="ignore"):
        mean = inputs.mean(axis=0, dtype=np.float64)
        deviation = inputs.std(axis=0, dtype=np.float64)
    if not (np.isfinite(mean).all() and np.isfinite(deviation).all()):
        raise DataError(message("the numbers are too large to be told apart"))
    if not deviation.any():
        raise DataError(message("all examples are the same"))
    return mean, np.where(deviation > 0, deviation, 1.0)
