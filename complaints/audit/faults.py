"""What a check of the chain of events can find, and its report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """One sort of tampering; the label is what people read."""

    CHANGED = "changed"
    MISSING = "missing"
    DOUBLE = "double"
    ORDER = "order"
    FORGED = "forged"
    END = "end"
    TEXT_CHANGED = "text_changed"
    TEXT_MISSING = "text_missing"
    STATE = "state"
    TICKET_KIND = "ticket_kind"
    DETAIL = "detail"
    FILED_AT = "filed_at"
    FILED = "filed"
    TOLD = "told"
    MATTER = "matter"
    RECEIPT = "receipt"
    OUTCOME = "outcome"
    CASE = "case"
    PERSONAL = "personal"
    NO_EVENTS = "no_events"
    NO_TICKET = "no_ticket"
    REWRITTEN = "rewritten"
    ROLLED_BACK = "rolled_back"

    @property
    def label(self) -> str:
        """What people read."""
        return _LABELS[self]


_LABELS = {
    FaultKind.CHANGED: "内容或散列被改动，或是伪造的",
    FaultKind.MISSING: "记录缺失",
    FaultKind.DOUBLE: "同一序号有两条",
    FaultKind.ORDER: "编号与序号的先后不符",
    FaultKind.FORGED: "链尾之后多出来的记录",
    FaultKind.END: "链尾与登记的不符，末尾的记录被删或被改",
    FaultKind.TEXT_CHANGED: "文字被改动",
    FaultKind.TEXT_MISSING: "文字不见了，又没有到期清除的记录",
    FaultKind.STATE: "工单状态与最后一条记录不符",
    FaultKind.TICKET_KIND: "工单事项类别与记录不符",
    FaultKind.DETAIL: "工单内容与记录不符",
    FaultKind.FILED_AT: "工单登记时间与记录不符",
    FaultKind.FILED: "工单编号、渠道等登记内容与记录不符",
    FaultKind.TOLD: "工单的对象、地点、时间、科目或年级与记录不符",
    FaultKind.MATTER: "工单的管辖事项或紧急标记与记录不符",
    FaultKind.RECEIPT: "查询码与记录不符",
    FaultKind.OUTCOME: "办理结果、结论、评价或答复办结时间与记录不符",
    FaultKind.CASE: "并入的主单与记录不符",
    FaultKind.PERSONAL: "登记时留下的个人信息不见了，又没有到期清除的记录",
    FaultKind.NO_EVENTS: "工单没有任何记录",
    FaultKind.NO_TICKET: "记录所属的工单不见了",
    FaultKind.REWRITTEN: "与见证文件记下的散列不符，链被整段重写",
    FaultKind.ROLLED_BACK: "见证文件记到了更后面，数据库被回退，或恢复过旧备份",
}


@dataclass(frozen=True)
class Fault:
    """One finding: at which event (`seq`, through `until` if several) and of which ticket."""

    kind: FaultKind
    seq: int | None = None
    ticket_id: int | None = None
    number: str | None = None
    until: int | None = None

    def __str__(self) -> str:
        where = []
        if self.seq is not None:
            through = f"–{self.until}" if self.until not in (None, self.seq) else ""
            where.append(f"第 {self.seq}{through} 条")
        if self.number or self.ticket_id is not None:
            where.append(f"工单 {self.number or f'（内部编号 {self.ticket_id}）'}")
        return f"{'，'.join(where)}：{self.kind.label}" if where else self.kind.label


@dataclass
class Faults:
    """Findings as they come: the first ones are kept, the others counted, so memory is bounded."""

    most: int = 200
    kept: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(
        self,
        kind: FaultKind,
        seq: int | None = None,
        ticket_id: int | None = None,
        number: str | None = None,
        until: int | None = None,
    ) -> None:
        """Note one."""
        self.total += 1
        if len(self.kept) < self.most:
            self.kept.append(Fault(kind, seq, ticket_id, number, until))


@dataclass(frozen=True)
class Report:
    """What was checked and found.

    `checked` events and `tickets`; `adopted`: so many of the events were made before there was a
    chain; `witnessed`: so many noted ends of the chain were compared; `more`: faults not listed.
    """

    checked: int
    faults: tuple[Fault, ...]
    tickets: int = 0
    adopted: int = 0
    witnessed: int = 0
    more: int = 0

    def kinds(self) -> Iterator[FaultKind]:
        """The kinds of the faults that are listed."""
        return (fault.kind for fault in self.faults)
