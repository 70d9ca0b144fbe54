"""Reference values of Tests/AnalysisTests/Comparison/PrecisionRecallTests: python precision_recall.py
(numpy, scikit-learn).

Precision and recall as in Kynkaanniemi et al. 2019, density and coverage as in Naeem et al. 2020, with
scikit-learn's trees. Points are whole numbers, so that the roots of equal squares are equal.
"""
import numpy as np
from sklearn.neighbors import NearestNeighbors

from comparison import words


def points(rows, columns, levels, index):
    """The words of Stipple's random stream with seed 3 and purpose 11, modulo `levels`."""
    return (words(rows * columns, 3, 11, index) % np.uint64(levels)).astype(float).reshape(rows, columns)


def distances(x, y):
    """From each point of x to all of y."""
    found, order = NearestNeighbors(n_neighbors=len(y), algorithm="kd_tree").fit(y).kneighbors(x)
    d = np.empty_like(found)
    np.put_along_axis(d, order, found, axis=1)
    return d


def radii(x, k):
    """To the k-th nearest other point. Which of equal points is nearest at 0 makes no difference."""
    return NearestNeighbors(n_neighbors=k + 1, algorithm="kd_tree").fit(x).kneighbors(x)[0][:, k]


def figures(a, b):
    d = distances(a, b)
    inside = d <= radii(b, 5)
    return (
        (d <= radii(b, 3)).any(axis=1).mean(),
        (d.T <= radii(a, 3)).any(axis=1).mean(),
        inside.sum() / (5 * len(a)),
        inside.any(axis=0).mean(),
    )


if __name__ == "__main__":
    a, b = points(60, 6, 64, 0), points(75, 6, 101, 1)
    for name, x, y in (
        ("two", a, b),
        ("equal", b, b),
        ("inside", b[10:40], b),
        ("outside", b, b[10:40]),
        ("apart", a, a + 1000),
        ("duplicates", np.repeat(a[:20], 4, axis=0), np.concatenate([b[:30], np.repeat(a[10:20], 7, axis=0)])),
        ("coarse", points(90, 2, 9, 2), points(300, 2, 8, 3) + 2),
    ):
        print(name, *map(float, figures(x, y)))
