"""Whether two reports name the same party, where the register knows it and where it does not."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from complaints.duplicates.likeness import MARK, name_key
from complaints.party_names import plain, without_sort
from complaints.similar_names import LEAST_LIKENESS, likeness

# What people put behind a name or leave away. A school's 小学 or 中学 is part of its name.
_ENDS = re.compile(
    "(?:有限公司|公司|培训学校|培训中心|培训机构|培训班|辅导中心|辅导机构|辅导班|补习班|补课班"
    "|托管中心|托管班|托管机构|晚托班|教育机构|教育中心|机构|中心|工作室)$"
)
_CALLED_BY_TRADE = re.compile(".{0,3}(?:老师|园长|校长|主任|教练|老板)(?:家里?)?")
_ANY = re.compile(
    "(?:我|某|这|那|一家|一个|有人|私人|不知|不清楚|不详|未知|没有?名|无名|小区|居民楼|楼[上下]"
    "|附近|隔壁|校外|学校|机构|老师)"
)
_SHORTEST = 2  # characters of what is particular about a name


class Same(Enum):
    """What the names say."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


def unlisted_key(party_id: str | None, name: str | None, district: str | None) -> int | None:
    """The key under which reports of any kind on one unregistered party in one district stand.

    None for a registered party, and where name or district do not tell which one it is.
    """
    own = "" if party_id else own_name(name)
    return name_key("unlisted", district, own) if own and district else None


def party_key(kind: str, party_id: str | None, name: str | None) -> int | None:
    """The key under which reports of one kind on one party stand; None if nobody is named.

    A registered party has its id, another one the normal form of its name.
    """
    own = f"id:{party_id}" if party_id else own_name(name)
    return name_key("party", kind, own) if own else None


def own_name(name: str | None) -> str:
    """The normal form of an unregistered party's name; empty where it tells no party from others.

    王老师 or 小区里的培训班 may be anyone; so may what is left where a name was masked.
    """
    shown = MARK.sub("", unicodedata.normalize("NFKC", name or ""))
    flat = plain(shown).lower()
    flat = _ENDS.sub("", flat)
    if _ANY.match(flat) or _CALLED_BY_TRADE.fullmatch(flat) or len(without_sort(flat)) < _SHORTEST:
        return ""
    return flat


def same_party(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> Same:
    """Whether two parties, each a registered id and a name as told, are the same one.

    Two registered ids that differ never are. Names alike in sound or shortened leave it open.
    """
    (one_id, one_name), (other_id, other_name) = one, other
    if one_id and other_id:
        return Same.YES if one_id == other_id else Same.NO
    one_own, other_own = own_name(one_name), own_name(other_name)
    if not one_own or not other_own:
        return Same.UNKNOWN
    if one_own == other_own and not (one_id or other_id):
        return Same.YES
    alike = likeness(one_own, [other_own]) >= LEAST_LIKENESS
    return Same.UNKNOWN if alike else Same.NO
