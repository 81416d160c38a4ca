"""What short answers mean: patterns of everyday Chinese, in one place.

The model reads whole messages; these read the few words with which a question is answered, where
a wrong guess would file, cancel or name somebody.
"""

from __future__ import annotations

import re

_MARKS = "。，,.！!～~、；; \u3000\n"

_YES = re.compile(
    r"(对|是|是的|对的|没错|没有错|没问题|没有问题|确认|确认提交|确定|提交|提交吧|好|好的|好了|可以|可以的|行|嗯+|ok|okay|"
    r"就这样|就这些|没有了|都对|全对|正确)[的吧啊呀哦哈]*",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"别|先不|先等|等一?下|等会|等等|暂时|再看看|再想想|还没|不确认|不提交|没想好"
)
_DROP = re.compile(
    r"(那|那就|行吧|好吧|哎|唉|还是|我)?(算了|不举报了|不投诉了|取消|取消吧|不提交了|不弄了|不填了|不想填了|放弃|不说了)[吧了啊]*"
)
_UNKNOWN = re.compile(
    r"(我也?|这个?|那个?)?(真的?|都)?(不知道|不清楚|不记得|记不清|记不得|忘了|忘记了|没注意|不晓得|说不清|说不准|不太清楚|"
    r"不太知道|不确定|不了解|跳过|没有|无|不想说|不方便说|保密)[了呢啊呀吧哦的]*"
)
_NOT_HIDDEN = re.compile(r"不(想|用|要|需要)?匿名|实名|不用保密|不需要保密")
_HIDDEN = re.compile(r"匿名|不留|不想留|不方便留|不用留|保密|别留|不要留|都行|都可以|随便|无所谓")
_REACHABLE = re.compile(r"留(个|下)?(电话|手机|联系|号码)|可以联系|联系我|愿意留")
_LEAD_IN = re.compile(
    r"^(不对|不是|错了|应该)?[，,、 ]*(就?是在|就?是叫|就?是|叫做?|名字叫|应该是|在)(?=..)"
)
_BARE_WISH = re.compile(
    r"(你好|您好)?[，。！!. ]*(我?还?想?要?再?)(举报|投诉|反映|反应|提个?建议)(一下)?"
    r"(一?个?(问题|情况|事情|学校|老师|机构|培训班))?"
)
_WISH = re.compile(r"举报|投诉|反映|检举")
_LONGEST_WISH = 12  # characters
_JUDGEMENT = re.compile(
    r"(?:违规|合规|违法|合法|犯法|允许|可以|行|合理|正常|对|算违规|算补课|合规定)[吗么嘛][?？。！\s]*$"
    r"|(?:行不行|可不可以|合不合规|合不合理|合不合法|违不违规|违不违法|允不允许|合不合规定)[呢啊]?[?？。！\s]*$"
)
_LONGEST_CASE = 80  # characters; a longer text is a story to be looked into
_QUESTION = re.compile(
    r"是不是|要不要|会不会|能不能|可不可以|[?？]\s*$|(吗|呢|么|怎么办|怎么样|多少|为什么)[?？。！\s]*$"
)
_ADDS = re.compile(
    r"补充|还有|另外|对了|而且|再说一|也(是|有|在|上|收|参与|一样)|还(收|在|让|要|乱|打|说|有|没)"
)
_CORRECTED = re.compile(
    r"(?:改成|换成|改为|应该是|应是|而是|其实是|，是|,是|、是| 是|^是|不对是|错了是)(.+)$",
    re.DOTALL,
)


def _whole(pattern: re.Pattern[str], text: str) -> bool:
    return bool(pattern.fullmatch(text.strip(_MARKS)))


def is_clear_yes(text: str) -> bool:
    """Whether words can only mean that the report is right as it was read back."""
    parts = [part for part in re.split(f"[{re.escape(_MARKS)}]+", text) if part]
    return bool(parts) and all(_whole(_YES, part) for part in parts)


def is_not_yet(text: str) -> bool:
    """Whether somebody wants to wait before filing."""
    return bool(_NOT_YET.search(text)) and len(text) <= 20


def is_dropped(text: str) -> bool:
    """Whether somebody gives the report up, perhaps after a sigh."""
    parts = [part for part in re.split(f"[{re.escape(_MARKS)}]+", text) if part]
    return bool(parts) and _whole(_DROP, parts[-1]) and len(text) <= 15


def is_unknown(text: str) -> bool:
    """Whether the answer is that it is not known, or not to be told."""
    return _whole(_UNKNOWN, text)


def is_bare_wish(text: str) -> bool:
    """A wish to report that says nothing of what happened."""
    return _whole(_BARE_WISH, text)


def wishes_to_report(text: str) -> bool:
    """A short wish to report what was spoken of before: 那我要举报他们."""
    return len(text) <= _LONGEST_WISH and bool(_WISH.search(text)) and not is_question(text)


def asks_for_judgement(text: str) -> bool:
    """Whether the words end by asking if something is allowed: …行不行, …违规吗."""
    return len(text) <= _LONGEST_CASE and bool(_JUDGEMENT.search(text))


def is_question(text: str) -> bool:
    """Whether the words end as a question does."""
    return bool(_QUESTION.search(text))


def adds_something(text: str) -> bool:
    """Whether the words add to a story instead of correcting it."""
    return bool(_ADDS.search(text))


def corrected_part(text: str) -> str:
    """Of "不是甲，是乙" or "甲改成乙" what holds now; else the whole text."""
    found = _CORRECTED.search(text)
    return found.group(1) if found else text


def without_lead_in(text: str) -> str:
    """An answer without "就是叫" and the like before a name."""
    return _LEAD_IN.sub("", text).strip("。，,. \n")


def wants_to_hide(text: str) -> bool | None:
    """True for anonymous, False for reachable, None when the words do not say."""
    if is_question(text):
        return None
    if _NOT_HIDDEN.search(text) or (
        _REACHABLE.search(text) and not re.search(r"不(想|要)?留", text)
    ):
        return False
    return True if _HIDDEN.search(text) or is_unknown(text) else None
