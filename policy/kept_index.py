"""Keeps a learnt search in a file, so that only a change of rules or code is learnt again.

The file is numpy's npz without pickle; its key covers everything the index was learnt from. A file
that is damaged, foreign or of another key is passed over and written anew.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import sklearn
from scipy.sparse import csr_matrix

import resolution
from policy.features import FeatureReader, Space
from policy.search_index import SearchIndex

_log = logging.getLogger(__name__)
_SOURCES = (Path(__file__).parent, Path(resolution.__file__).parent)


def index_of(
    groups: Sequence[Sequence[str]], reader: FeatureReader, wording: str, file: Path | None
) -> SearchIndex:
    """The index of these phrasings, from `file` if it is of the same groups, wording and code.

    `wording`: stands for everything else that decides what features a text has. Without a file, or
    when it cannot be written, it is learnt each time.
    """
    if file is None:
        return SearchIndex.learn(groups, reader)
    key = _key(groups, wording)
    index = _read(file, key)
    if index is None:
        index = SearchIndex.learn(groups, reader)
        _write(file, key, index)
    return index


def _key(groups: Sequence[Sequence[str]], wording: str) -> str:
    digest = hashlib.sha256(f"{sklearn.__version__} {np.__version__} {wording}".encode())
    for group in groups:
        digest.update("\n".join(group).encode() + b"\0")
    for source in sorted(path for folder in _SOURCES for path in folder.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def _read(file: Path, key: str) -> SearchIndex | None:
    try:
        with np.load(file, allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                return None
            features = kept["features"].tolist()
            points = csr_matrix(
                (kept["values"], kept["columns"], kept["ends"]), shape=tuple(kept["shape"])
            )
            return SearchIndex(
                space=Space(dict(zip(features, kept["rarity"].tolist(), strict=True))),
                points=points,
                starts=kept["starts"],
                weights=kept["weights"],
                bias=kept["bias"],
            )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as damage:
        _log.warning("%s cannot be used (%s): learning anew", file.name, type(damage).__name__)
        return None


def _write(file: Path, key: str, index: SearchIndex) -> None:
    """Write beside and rename, so that two processes never see half a file."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".new", delete=False) as fresh:
            np.savez(
                fresh,
                key=np.array(key),
                features=np.array(list(index.space.rarity)),
                rarity=np.array(list(index.space.rarity.values())),
                values=index.points.data,
                columns=index.points.indices,
                ends=index.points.indptr,
                shape=np.array(index.points.shape),
                starts=index.starts,
                weights=index.weights,
                bias=index.bias,
            )
        os.replace(fresh.name, file)
    except OSError as failure:
        _log.warning("%s cannot be kept: %s", file.name, failure.strerror)
