"""Handwritten digits: 1797 images of 8 x 8 points in 17 shades of grey, kept beside this module."""

from importlib import resources

import numpy as np

from optim.i18n.message import message
from optim.networks.data.data_set import DataSet, NamedData, split

WORK = (
    "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine Learning Repository (1998), "
    "doi:10.24432/C50P49, CC BY 4.0"
)
SOURCE = message("{work}; its test half, as scikit-learn's load_digits has it", work=WORK)


def _made() -> DataSet:
    with (resources.files(__package__) / "digits.npz").open("rb") as file, np.load(file, allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"]
    order, training = split(len(images))
    return DataSet(
        name="digits",
        title=digits.title,
        inputs=images[order],
        targets=labels[order].astype(np.int64),
        training=training,
        classes=tuple("0123456789"),
        scale=16.0,
        shape=(8, 8),
        source=SOURCE,
    )


digits = NamedData(
    "digits",
    message("Handwritten digits"),
    _made,
    message("Real images, small enough to train several networks on while you look: a stand-in for MNIST."),
    SOURCE,
)
