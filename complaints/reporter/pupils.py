"""What a pupil who reports is told: short, kind, and that nothing about them is needed.

Source: facts C5 S-6 (data of a child under 14 is sensitive), S-10 (a pupil was found out by the
school), S-2 (nothing goes to the reported unit).
"""

from __future__ import annotations

_THANKS = "谢谢你愿意说出来，这不是你的错。"
_PROTECTED = (
    "不用写你的名字、班级和电话。学校不会收到你写的内容，也不会知道是谁说的。"
    "想让爸爸妈妈或者信得过的大人一起来，可以；不想也没关系。"
)
_LISTENS = "心里难受，可以打 12355 青少年热线，有人听你说。"
_DANGER = "如果现在有人伤害你，或者你想伤害自己，请马上打 110，或告诉身边的大人。"


def pupil_words(*, in_danger: bool = False, sad: bool = False) -> str:
    """What to say once to somebody who speaks as a pupil.

    `in_danger`: the text speaks of danger to a person, and the emergency number comes first;
    `sad`: of distress, and the youth line is named.
    """
    parts = [_DANGER] if in_danger else []
    parts += [_THANKS, _PROTECTED]
    if sad or in_danger:
        parts.append(_LISTENS)
    return "".join(parts)
