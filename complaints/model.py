"""The words of the domain: what a complaint is about and what a reporter states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a complaint is about (事项类别)."""

    OVER_HOURS_TRAINING = "over_hours_training"
    TEACHER_PAID_TUTORING = "teacher_paid_tutoring"
    UNLICENSED_TRAINING = "unlicensed_training"
    TRAINING_FEES_REFUND = "training_fees_refund"
    TRAINING_ADS = "training_ads"
    HOMEWORK_OVERLOAD = "homework_overload"
    SCHOOL_MAKEUP_CLASSES = "school_makeup_classes"
    EXAM_RANKING = "exam_ranking"
    AFTER_SCHOOL_SERVICE = "after_school_service"
    SCHOOL_FEES = "school_fees"
    ADVANCED_TEACHING = "advanced_teaching"
    VENUE_SAFETY = "venue_safety"
    TEACHER_CONDUCT = "teacher_conduct"
    ENROLMENT = "enrolment"
    STAFF_MATTERS = "staff_matters"
    OTHER_EDUCATION = "other_education"
    NOT_EDUCATION = "not_education"

    @property
    def label(self) -> str:
        """What people read."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.OVER_HOURS_TRAINING: "校外培训超时",
    Kind.TEACHER_PAID_TUTORING: "在职教师有偿补课",
    Kind.UNLICENSED_TRAINING: "无证或变相培训",
    Kind.TRAINING_FEES_REFUND: "培训收费与退费",
    Kind.TRAINING_ADS: "培训广告与虚假宣传",
    Kind.HOMEWORK_OVERLOAD: "作业过多",
    Kind.SCHOOL_MAKEUP_CLASSES: "学校违规补课",
    Kind.EXAM_RANKING: "考试与排名",
    Kind.AFTER_SCHOOL_SERVICE: "课后服务",
    Kind.SCHOOL_FEES: "学校收费",
    Kind.ADVANCED_TEACHING: "超前教学",
    Kind.VENUE_SAFETY: "场所与校园安全",
    Kind.TEACHER_CONDUCT: "教师言行",
    Kind.ENROLMENT: "招生入学",
    Kind.STAFF_MATTERS: "教职工待遇",
    Kind.OTHER_EDUCATION: "其他教育事项",
    Kind.NOT_EDUCATION: "非教育事项",
}

# What cannot be said of a registered party of this type: the register knows what it is.
_IMPLAUSIBLE = {
    "training_body": {
        Kind.SCHOOL_MAKEUP_CLASSES,
        Kind.AFTER_SCHOOL_SERVICE,
        Kind.SCHOOL_FEES,
        Kind.EXAM_RANKING,
        Kind.ENROLMENT,
    },
    "school": {
        Kind.OVER_HOURS_TRAINING,
        Kind.UNLICENSED_TRAINING,
        Kind.TRAINING_FEES_REFUND,
        Kind.TRAINING_ADS,
    },
}


def plausible_kinds(
    ranking: Sequence[tuple[str, float]], party_type: str | None
) -> tuple[tuple[str, float], ...]:
    """A ranking of kinds (best first, shares of 1) without those that the party rules out.

    The shares of what remains are scaled to the sum they had with the rest.
    """
    ruled_out = _IMPLAUSIBLE.get(party_type or "", set())
    kept = [(name, share) for name, share in ranking if name not in ruled_out]
    total, left = sum(s for _, s in ranking), sum(s for _, s in kept)
    return tuple((name, share * total / left) for name, share in kept) if left else tuple(ranking)


def is_plausible(kind: Kind, party_type: str) -> bool:
    """Whether a complaint of this kind can be about a party of this type."""
    return kind not in _IMPLAUSIBLE.get(party_type, set())


@dataclass(frozen=True)
class Report:
    """What a reporter confirmed. Texts are the reporter's words without personal numbers.

    `None` means that the reporter did not know or that it does not matter for this kind. `clerk`: the
    login of who wrote it down for a caller. `personal_refs` are sealed fields to join; `personal` is
    to be sealed (kind → value: name, phone, …). `pupil`: a pupil reports. `stated`: facts told by
    buttons (fact → value of `data/routing/questions.yml`, or `unknown`). `party_id`, `district`,
    `street`: ids of the registers that are known already; they go before the words.
    """

    intake_id: str
    kind: Kind
    kind_confidence: float
    detail: str
    subject_party: str | None = None
    place: str | None = None
    when: str | None = None
    subject: str | None = None
    grade: str | None = None
    amount: str | None = None
    second_kind: Kind | None = None
    contact_ref: str | None = None
    urgent: bool = False
    channel: str = "chat"
    clerk: str | None = None
    pupil: bool = False
    reporter_mark: str | None = None
    personal_refs: tuple[str, ...] = ()
    personal: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, str] = field(default_factory=dict)
    party_id: str | None = None
    district: str | None = None
    street: str | None = None
