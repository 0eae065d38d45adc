"""Words of registers of people, and the one word mapdesk has for each.

Chinese words are those of GB/T 4658 (education), GB/T 4761 (relation to the head of the household), GB/T
2261.1 (sex, with its codes 1 and 2) and of grid workers' registers. Words that are not among them are kept
as they stand, but for the sex, which others compute with.
"""

from __future__ import annotations

from collections.abc import Mapping


def _table(**words: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for canonical, spelt in words.items():
        plain = canonical.replace("_", " ")
        found |= dict.fromkeys((plain, *spelt.split()), plain)
    return found


SEX: Mapping[str, str] = _table(male="m man 男 男性 1 先生", female="f woman 女 女性 2 女士")

UNSAID_SEX = frozenset(("0", "9", "未说明", "未说明的性别", "未知的性别"))
"""GB/T 2261.1's codes and words for a sex that is not said."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "education": _table(
        none_yet="none 无 文盲 半文盲 文盲或半文盲 学龄前 学龄前儿童 未上学 幼儿园 不识字",
        primary="小学 小学毕业 小学教育 小学肄业 primary_school",
        junior_secondary="初中 初级中学 初级中学教育 初中毕业 middle_school",
        senior_secondary="高中 中专 职高 技校 普通高级中学教育 中等职业教育 中等专科 高中毕业 中技 high_school",
        college="大专 专科 大学专科 大学专科教育 专科教育 高职",
        university="本科 大学 大学本科 大学本科教育 学士 bachelor",
        postgraduate="研究生 硕士 博士 研究生教育 硕士研究生 博士研究生 master doctor",
    ),
    "residence_kind": _table(
        registered="户籍 户籍人口 常住 常住户籍 户在人在 人户一致 一致 是 人在户在 local resident",
        floating="流动 流动人口 暂住 暂住人口 人在户不在 外来 外来人口 寄住 非户籍 migrant temporary",
    ),
    "relation": _table(
        head="户主 本人 本人或户主 本人(户主) householder",
        spouse="配偶 妻 夫 妻子 丈夫 妻子(配偶) wife husband",
        child="子 女 子女 儿子 女儿 长子 次子 三子 长女 次女 三女 独生子 独生女 之子 之女 son daughter",
        mother="母 母亲 妈妈",
        father="父 父亲 爸爸",
        flatmate="合租 合租人 室友 同住 roommate",
    ),
    "care_flag": _table(
        lives_alone="独居 独居老人 空巢 孤寡老人 孤寡",
        wheelchair="轮椅 肢体残疾",
        impaired_sight="视力残疾 盲人 失明",
        oxygen_at_home="家庭氧疗 吸氧",
        pregnant="孕妇 怀孕 孕产妇",
    ),
}
"""Field to word, lower case, to the field's own word."""
