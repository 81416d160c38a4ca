"""What is found in a text that gives its writer away, and the marks that stand for it."""

from __future__ import annotations

from dataclasses import dataclass

MARKS = {
    "child_name": "〔姓名〕",
    "own_name": "〔姓名〕",
    "other_name": "〔姓名〕",
    "class": "〔班级〕",
    "phone": "〔电话〕",
    "id_number": "〔证件号〕",
    "long_number": "〔号码〕",
    "wechat": "〔微信〕",
    "qq": "〔QQ〕",
    "messenger": "〔网络账号〕",
    "email": "〔邮箱〕",
    "address": "〔住址〕",
    "plate": "〔车牌〕",
    "account": "〔账号〕",
    "student_number": "〔学号〕",
    "birth_date": "〔生日〕",
    "workplace": "〔单位〕",
    "position": "〔身份〕",
    "trait": "〔个人情况〕",
    "single_out": "〔个人情况〕",
}


@dataclass(frozen=True)
class Finding:
    """`text[start:end]` gives the reporter away (`kind`: see MARKS); not `sure`: a clerk decides."""

    kind: str
    start: int
    end: int
    sure: bool


def without_overlap(findings: list[Finding]) -> list[Finding]:
    """In order of the text; of two that overlap the sure one stays, then the longer, then the first."""
    kept: list[Finding] = []
    taken: set[int] = set()
    for finding in sorted(findings, key=lambda f: (not f.sure, f.start - f.end)):
        places = range(finding.start, finding.end)
        if taken.isdisjoint(places):
            taken.update(places)
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)
