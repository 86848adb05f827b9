"""Writes ridge.h5: small data sets and what scikit-learn's RidgeCV makes of them.

    python make.py            needs numpy, h5py, scikit-learn; written with scikit-learn 1.9.1, numpy 2.4.6

Each group holds x (word, sensor), y (word, target), fold (word), alphas, and per fold and target the chosen alpha, the
leave-one-out score of it (best_score_ with the sign turned: a mean of squares) and r of the held-out words. Inputs are
float32 on disk and float64 in the fit. A data set whose choice hangs on rounding (two alphas within 1e-9 of the loss) is
refused, since no implementation can promise those.
"""
import h5py
import numpy as np
import sklearn
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ALPHAS = np.logspace(-4, 8, 13)


def contiguous(n, k):
    return np.arange(n) * k // n


def fit_fold(x, y, train, test, scale, x_all):
    if scale == "train":
        scaler = StandardScaler().fit(x[train])
    elif scale == "all":
        scaler = StandardScaler().fit(x_all)
    else:
        scaler = StandardScaler(with_mean=False, with_std=False).fit(x)
    a, b = scaler.transform(x[train]), scaler.transform(x[test])
    model = RidgeCV(ALPHAS, alpha_per_target=True, store_cv_results=True).fit(a, y[train])
    loss = model.cv_results_.mean(0)                                  # target x alpha
    ranked = np.sort(loss, 1)
    varies = y[train].std(0) > 0
    if np.any((ranked[:, 1] - ranked[:, 0])[varies] < 1e-9 * ranked[:, 0][varies]):
        raise SystemExit("two alphas tie: choose other data")
    predicted = model.predict(b)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = [np.corrcoef(y[test][:, d], predicted[:, d])[0, 1] if varies[d] else np.nan for d in range(y.shape[1])]
    return model.alpha_, -model.best_score_, r


def add(file, name, x, y, fold, scale="train"):
    x, y = np.float64(np.float32(x)), np.float64(np.float32(y))
    out = [fit_fold(x, y, fold != k, fold == k, scale, x) for k in range(fold.max() + 1)]
    group = file.create_group(name)
    group["x"], group["y"] = np.float32(x), np.float32(y)
    group["fold"], group["alphas"] = fold, ALPHAS
    for key, values in zip(("alpha", "loss", "r"), zip(*out)):
        group[key] = np.array(values)
    print(f"{name:12s} {x.shape} {y.shape[1]} targets, alphas {sorted({float(a) for o in out for a in o[0]})}")


def main():
    rng = np.random.default_rng(20261124)
    n, p, d = 150, 10, 6
    mixing = rng.normal(size=(p, p)) * np.logspace(0, -2, p)
    x = rng.normal(size=(n, p)) @ mixing.T
    y = x @ rng.normal(size=(p, d)) / 3 * np.array([0, .1, .3, 1, 3, 10]) + rng.normal(size=(n, d))
    fold = contiguous(n, 5)
    walk = np.cumsum(rng.normal(size=(n, p + d)), 0)
    flat = x.copy()
    flat[:, 3] = 7.25
    flat[:, 6] = np.where(fold == 2, rng.normal(size=n), 1.5)         # constant on the training words of fold 2 alone
    some_constant = y.copy()
    some_constant[:, 2] = -1.5
    with h5py.File("ridge.h5", "w") as file:
        file.attrs["made_with"] = f"scikit-learn {sklearn.__version__}, numpy {np.__version__}"
        add(file, "signal", x, y, fold)
        add(file, "scale_all", x, y, fold, "all")
        add(file, "scale_none", x, y, fold, "none")
        add(file, "null", x, rng.normal(size=(n, d)), fold)
        add(file, "offset", x + 3e5 * x.std(0) * rng.choice([-1, 1], p), y, fold)
        add(file, "tesla", 1e-13 * x, y, fold)
        add(file, "rank", x[:, :7] @ rng.normal(size=(7, p)), y, fold)
        add(file, "flat", flat, y, fold)
        add(file, "uneven", x, y, np.digitize(np.arange(n), [4, 20, 41, 110]))
        add(file, "walk", walk[:, :p], walk[:, p:], fold)
        add(file, "constant", x, some_constant, fold)
        add(file, "wide", rng.normal(size=(40, 60)), rng.normal(size=(40, d)), contiguous(40, 4))
        add(file, "one_sensor", x[:, :1], x[:, :1] @ rng.uniform(.3, 1, (1, d)) + rng.normal(size=(n, d)), fold)


if __name__ == "__main__":
    main()
