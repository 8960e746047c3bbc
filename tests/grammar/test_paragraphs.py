"""An article printed twice is noticed."""

from shanhai.grammar.paragraphs import repeated_paragraphs

LONG = "2021年，浙江省共引导565家企业到四川省投资、实际到位投资479亿元。"


def test_a_long_paragraph_counts_once_for_every_further_printing() -> None:
    text = f"一、综合\n{LONG}\n另一段。\n一、综合\n {LONG} \n{LONG}"
    assert repeated_paragraphs(text) == ["".join(LONG.split())] * 2


def test_headings_and_paragraphs_that_differ_do_not_count() -> None:
    assert repeated_paragraphs(f"一、综合\n一、综合\n{LONG}\n{LONG.replace('565', '765')}") == []
