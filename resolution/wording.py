"""One spelling for the reader functions: width, spaces, common traditional signs, names of weeks."""

from __future__ import annotations

import re
import unicodedata

_VARIANTS = str.maketrans(
    "週點號級時間兩個開學後從現節課塊錢萬禮雙國慶陽歲幾億貳陸叁〇圆俩",
    "周点号级时间两个开学后从现节课块钱万礼双国庆阳岁几亿二六三零元两",
)
_DASHES = re.compile(r"[-‐‑‒–—―〜～~]+")
_UNSEEN = re.compile(r"[\u0000\u200b-\u200f\u2060\ufeff]")
_GAP_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])\s+(?=[0-9])")
_WEEK = re.compile(r"个?(?:星期|礼拜)")


def normalise(text: str) -> str:
    """`text` in half width and simplified signs, without spaces except between two digits.

    Every dash becomes `-`; 星期 and 礼拜 become 周, 周天 becomes 周日.
    """
    flat = _UNSEEN.sub(" ", unicodedata.normalize("NFKC", text)).lower().translate(_VARIANTS)
    flat = _GAP_BETWEEN_DIGITS.sub("\0", flat)
    flat = re.sub(r"\s+", "", flat).replace("\0", " ")
    flat = _WEEK.sub("周", _DASHES.sub("-", flat))
    return re.sub(r"周天(?!气)", "周日", flat)
