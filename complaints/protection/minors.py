"""Whether a pupil writes: pupils are told so kindly and protected more (facts C5 S-6, S-10).

Decided by the words alone, for a kinder tone and more care, never against the writer: a parent taken
for a pupil loses nothing, so a pupil's own “我们班主任让我们…” is enough.
"""

from __future__ import annotations

import re

from complaints.protection.plain_text import plain_text

_CLAUSE = "[^,，。!！?？;；\n]"
_GRADE = "(?:小学|初中|高中|中学|中专|职高|[一二三四五六七八九1-9]年级|初[一二三1-3]|高[一二三1-3]|毕业班)"
# Behind 学生: then a grown-up speaks of his child or his pupils.
_NOT_OF_A_PUPIL = (
    "(?!们?的?(?:家长|监护人|妈|爸|父|母|奶奶|爷爷|外婆|外公|姥|老师|教师|班主任|亲属))"
)
_CHILD = "(?:孩子|小孩|儿子|女儿|闺女|姑娘|娃|宝贝|丫头|小子|孙子|孙女|外孙|外甥|侄子|侄女|侄儿|学生的家长)"

_SAYS_SO = re.compile(
    rf"(?:我|俺|本人)(?:只|就|还)?(?:是|系|作为)(?:一[名个位])?{_CLAUSE}{{0,10}}?"
    rf"(?<!大)(?<!研究)(?:学生|小学生|初中生|高中生|中学生|住校生|走读生){_NOT_OF_A_PUPIL}"
    rf"|(?:我|俺)(?:今年|现在|还在|正在|才|刚|马上)?(?:上|读|念|在读|在上|升)(?:了|的是)?{_GRADE}"
    rf"(?!的?{_CHILD}|的?时候|那)"
    rf"|我是{_GRADE}的(?=[,，。!！\s]|$)"
    r"|(?:我|俺)(?:今年|才|刚|刚满|还不到|不到|还没满|未满)+(?:1[0-7]|[6-9]|十[一二三四五六七]|[六七八九十])(?:周)?岁"
    rf"|作为(?:一[名个])?(?:在校|{_GRADE})?(?:中|小)?学生{_NOT_OF_A_PUPIL}"
)
_SPEAKS_SO = re.compile(
    r"我们(?:的)?(?:班主任|班的?老师|[语数英物化生]\w老师|老师|校长|教导主任)[^。!！?？\n]{0,16}?"
    r"(?:让|逼|要|要求|叫|不让|不准|骂|打|罚|说|收)(?:了)?(?:我们|我|全班|同学)(?!家长|孩子|们家)"
    r"|(?:学校|老师|班主任)(?:就|都|天天|每天|还|又)?(?:让|逼|强迫|要求|叫|不让|不准|不许)(?:着)?我们"
    r"(?:写|做|补课|跑|站|上课|上自习|住校|起床|背|抄|考|订|回家|请假|休息|睡|吃|上厕所|说出去)"
    r"|我(?:的)?(?:妈|爸|爸妈|妈妈|爸爸|父母|家长|爸爸妈妈)(?:都|也|还)?"
    r"(?:不知道|不同意我|不让我|让我|逼我|非要我|非逼|给我报|打我|骂我|说我)"
    r"|我(?:的)?同桌|我们宿舍|我们寝室|我们(?:这些|当)学生|我们同学(?!会|聚)"
    r"|我们(?:每天|天天|晚上|周六|周末|早上|还)?(?:要)?(?:上晚自习|写作业|跑操|早读)"
    r"|(?:我|我们)(?:的)?(?:作业|寒假作业|暑假作业)(?:太|特别|好|很|每天|根本|都){0,3}(?:多|写到|写不完|做到|做不完)"
)
_GROWN_UP = re.compile(
    rf"(?:我|俺|咱|本人)(?:们)?(?:家)?(?:里)?(?:的|那个|那|这)?(?:上|读|念)?{_GRADE}?(?:的)?(?:大|小|俩)?{_CHILD}"
    rf"|(?:我|本人|俺)(?:是|系|作为)(?!学生){_CLAUSE}{{0,14}}?"
    r"(?:家长|妈妈|爸爸|母亲|父亲|奶奶|爷爷|外婆|外公|老师|教师|员工|居民|业主)"
    rf"|作为(?:一[名个位])?{_CLAUSE}{{0,8}}(?:家长|父母|妈妈|爸爸|老师|教师)"
    r"|我们(?:这些|几个|全体|做|当|班|年级|全班|所有)*(?:家长|父母|邻居|业主)(?!让|不让|逼|知道)|我们(?:这些|几个|全体|做|当)(?:老师|教师)"
    r"|大学生|研究生|本科生|大[一二三四](?:学生|的|，|,|。|$)"
    r"|我(?:今年|都|已经)*(?:[2-9]\d|[二三四五六七八]十[一二三四五六七八九]?)岁"
)


def speaks_as_pupil(text: str) -> bool:
    """Whether the words are a pupil's own: 我是初二的学生, 我妈不知道我举报; not a parent's."""
    plain = plain_text(text).text
    if _GROWN_UP.search(plain):
        return False
    return _SAYS_SO.search(plain) is not None or _SPEAKS_SO.search(plain) is not None
