#!/usr/bin/env python3
"""Golden principal components: sklearn.decomposition.PCA(svd_solver="full") of float64 copies of small float32 matrices.

Writes pca.json beside itself. Needs numpy and scikit-learn; their versions stand in the file.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.decomposition import PCA

COMPONENTS = 4


def activations(seed, words, units):
    """Correlated units on a scale of hundreds, with an offset, as a residual stream has."""
    random = numpy.random.default_rng(seed)
    latent = random.standard_normal((words, 6)) * [30, 12, 7, 4, 2, 1]
    values = latent @ random.standard_normal((6, units)) + 0.3 * random.standard_normal((words, units)) + 50
    return values.astype(numpy.float32)


cases = []
for name, words, units in (("more words than units", 24, 8), ("more units than words", 9, 20)):
    values = activations(words, words, units)
    pca = PCA(n_components=COMPONENTS, svd_solver="full").fit(values.astype(numpy.float64))
    cases.append({
        "name": name,
        "words": words,
        "units": units,
        "activations": [float(x) for x in values.ravel()],
        "mean": pca.mean_.tolist(),
        "components": pca.components_.ravel().tolist(),
        "explained_variance_ratio": pca.explained_variance_ratio_.tolist(),
        "transformed": pca.transform(values.astype(numpy.float64)).ravel().tolist(),
    })

golden = {"numpy": numpy.__version__, "scikit-learn": sklearn.__version__, "num_components": COMPONENTS, "cases": cases}
path = pathlib.Path(__file__).with_name("pca.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
print(path.name, "numpy", numpy.__version__, "scikit-learn", sklearn.__version__)
