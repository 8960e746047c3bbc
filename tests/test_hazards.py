"""Every known hazard of the publications has a test that reads it right and one that refuses what must be refused.

The numbers are those of the domain rules and of the list of layouts; a test that is renamed or removed fails here.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
HEADINGS_OF_TABLES = "reading/test_hazards_of_headings.py"
FIGURES_OF_TABLES = "reading/test_hazards_of_figures.py"
WHOLE = "sources/test_whole_files.py"
EDITION = "reading/test_edition.py"
FIGURES = "grammar/test_figures.py"
STATEMENTS = "grammar/test_statements.py"
REPAIRS = "grammar/test_repairs.py"
DIVISIONS = "grammar/test_divisions.py"
TRANSCRIPTION = "sources/test_transcription.py"
UNSEEN = "reading/test_unseen_layouts.py"
SEPARATED = "carriers/test_separated.py"

# Hazard, where it reads right, where it is refused; None where there is nothing to refuse, with the reason behind it.
HAZARDS: list[tuple[str, tuple[str, str], tuple[str, str] | None]] = [
    # The layouts that were seen (facts/layouts.md).
    (
        "layout 1: names, units and a remark in three head rows",
        (EDITION, "a_table_with_a_unit_row"),
        (EDITION, "what_does_not_read_is_refused_with_its_place"),
    ),
    (
        "layout 1: a row shifted by an empty cell",
        (WHOLE, "the_national_yearbook_reads_as_far_as_the_registers_of_divisions_go"),
        (WHOLE, "a_shifted_row_refuses_the_whole_yearbook_unless_it_is_named"),
    ),
    (
        "layout 1: running heads of two provinces",
        (WHOLE, "a_running_head_of_two_provinces_is_a_choice_of_them"),
        (WHOLE, "a_county_of_another_province_under_a_known_one_refuses_the_edition"),
    ),
    (
        "layout 1: one-character names with a space",
        (DIVISIONS, "white_space_inside_a_name_says_nothing"),
        (DIVISIONS, "a_name_is_looked_up_on_the_day"),
    ),
    (
        "layout 2: merged and wrapped heads with units inside",
        (EDITION, "a_page_with_merged_heads_groups_and_ranks"),
        (HEADINGS_OF_TABLES, "a_unit_broken_off_into_the_next_line_of_the_head_is_found"),
    ),
    (
        "layout 2: group rows among cities",
        (TRANSCRIPTION, "cities_add_to_their_group_within_rounding"),
        (EDITION, "a_row_that_nobody_declared_is_refused"),
    ),
    (
        "layout 3: totals beside parts",
        (WHOLE, "the_counties_of_zhejiang_and_a_zone_add_to_the_province"),
        (HEADINGS_OF_TABLES, "indented_names_before_codes_read"),
    ),
    (
        "layout 3: NA, and zones without codes",
        (WHOLE, "missing_marks_of_the_census_are_no_zeros"),
        (HEADINGS_OF_TABLES, "indented_names_before_codes_read"),
    ),
    (
        "layout 4: running text in several units",
        (STATEMENTS, "money_has_its_qualifier_and_its_unit"),
        (STATEMENTS, "money_without_a_unit_is_refused"),
    ),
    (
        "layout 4: two vintages in one page",
        (TRANSCRIPTION, "a_communique_holds_two_rounds"),
        (EDITION, "a_statement_that_is_gone_refuses_the_text"),
    ),
    (
        "layout 5: a blank corner, sub-rows",
        (HEADINGS_OF_TABLES, "a_blank_corner_and_rows_of_indicators_read"),
        (HEADINGS_OF_TABLES, "rows_of_indicators_are_those_declared"),
    ),
    (
        "layout 5: a unit line that lost its per cent",
        (HEADINGS_OF_TABLES, "a_unit_line_gives_each_measure_its_unit"),
        (HEADINGS_OF_TABLES, "a_unit_line_that_lost_its_per_cent_is_refused"),
    ),
    (
        "layout 6: comparison lists",
        (FIGURES_OF_TABLES, "a_comparison_list_reads_with_a_unit_for_each_column"),
        (FIGURES_OF_TABLES, "a_comparison_list_reads_with_a_unit_for_each_column"),
    ),
    (
        "layout 7: separators lost",
        (STATEMENTS, "a_list_is_printed_in_several_ways"),
        (FIGURES_OF_TABLES, "glued_numbers_of_a_sentence_are_refused"),
    ),
    (
        "layouts of nobody's list",
        (UNSEEN, "an_unseen_layout_reads_by_its_document"),
        (HEADINGS_OF_TABLES, "a_document_that_contradicts_itself_is_refused"),
    ),
    # 1.3: text hazards of the seed articles.
    ("1.3 an article printed twice (S08)", (EDITION, "an_article_printed_twice_is_counted"), None),
    (
        "1.3 traditional characters with pinyin",
        (REPAIRS, "a_reprint_with_pinyin_reads_and_leads_back_to_its_characters"),
        (REPAIRS, "injected_pinyin_is_refused_unless_its_removal_is_declared"),
    ),
    (
        "1.3 GBK byte slip (S02)",
        (REPAIRS, "a_sound_text_is_left_as_it_is"),
        (REPAIRS, "broken_bytes_are_refused_whatever_is_declared"),
    ),
    (
        "1.3 machine lines, ads and teasers",
        ("sources/test_article_facts.py", "teasers_of_other_articles_are_marked"),
        ("sources/test_article_facts.py", "no_other_figure_claims_a_fact"),
    ),
    # 2.1: year to date and discrete.
    (
        "2.1 a month or quarter beside the year to date",
        (UNSEEN, "an_unseen_layout_reads_by_its_document"),
        ("grammar/test_periods.py", "what_is_not_a_period_is_refused"),
    ),
    (
        "2.1 printed periods, January to February among them",
        ("grammar/test_periods.py", "a_printed_period_reads"),
        ("grammar/test_periods.py", "a_printed_text_that_is_no_sure_period_is_refused"),
    ),
    (
        "2.1 the header 20203",
        (TRANSCRIPTION, "the_rank_row_of_the_brief_is_not_read"),
        ("grammar/test_heads.py", "a_period_that_lost_its_characters_is_refused"),
    ),
    # 2.2: growth.
    (
        "2.2 words of direction",
        (STATEMENTS, "the_word_of_direction_carries_the_sign"),
        (STATEMENTS, "two_signs_that_contradict_each_other_are_refused"),
    ),
    (
        "2.2 由负转正",
        (STATEMENTS, "a_turn_is_kept_with_its_sign"),
        (STATEMENTS, "two_signs_that_contradict_each_other_are_refused"),
    ),
    (
        "2.2 growth by and to a multiple",
        (STATEMENTS, "growth_by_and_to_a_multiple"),
        (STATEMENTS, "a_multiple_that_says_neither_by_nor_to_is_refused"),
    ),
    (
        "2.2 持平",
        (FIGURES_OF_TABLES, "no_change_is_a_growth_of_zero_and_no_level"),
        (FIGURES_OF_TABLES, "no_change_is_a_growth_of_zero_and_no_level"),
    ),
    (
        "2.3 two rounds in one paragraph",
        (EDITION, "one_text_holds_two_rounds"),
        (EDITION, "a_statement_that_is_gone_refuses_the_text"),
    ),
    # 2.5: units.
    (
        "2.5 units are the indicator's",
        (HEADINGS_OF_TABLES, "a_heading_names_the_subject_of_the_rows_under_it"),
        (HEADINGS_OF_TABLES, "a_heading_that_names_nobody_is_refused"),
    ),
    (
        "2.5 points of a hundred and of a thousand",
        (STATEMENTS, "points_of_a_hundred_are_not_points_of_a_thousand"),
        (STATEMENTS, "a_unit_of_another_measure_is_not_broken_off"),
    ),
    (
        "2.5 ratios with : ∶ 、",
        (STATEMENTS, "a_ratio_is_printed_with_any_of_its_signs"),
        (STATEMENTS, "only_between_figures_is_a_colon_a_mark_of_enumeration"),
    ),
    (
        "2.5 bounds",
        (STATEMENTS, "a_bound_may_stand_inside_a_unit"),
        (STATEMENTS, "a_multiplier_without_a_known_unit_is_never_dropped"),
    ),
    (
        "2.5 magnitude of an indicator (U5, S04)",
        (FIGURES_OF_TABLES, "a_figure_that_cannot_be_is_refused"),
        (FIGURES_OF_TABLES, "a_figure_that_cannot_be_is_refused"),
    ),
    (
        "2.5 位次",
        (EDITION, "a_page_with_merged_heads_groups_and_ranks"),
        ("grammar/test_labels.py", "what_is_plainly_no_division_must_be_declared"),
    ),
    # 2.6: marks.
    (
        "2.6 a mark by publication",
        (FIGURES_OF_TABLES, "a_mark_means_what_its_own_publication_says"),
        (FIGURES_OF_TABLES, "a_publication_without_a_dictionary_is_no_document"),
    ),
    (
        "2.6 # and 其中",
        (EDITION, "parts_follow_their_whole_and_notes_are_left_out"),
        (EDITION, "a_row_that_nobody_declared_is_refused"),
    ),
    (
        "2.6 一 for a dash",
        (FIGURES_OF_TABLES, "a_figure_that_cannot_be_is_refused"),
        (FIGURES, "a_cell_is_refused_with_its_reason"),
    ),
    # 2.7, step by step.
    (
        "2.7.1 decoding",
        (SEPARATED, "every_declared_encoding_reads"),
        (SEPARATED, "what_is_not_of_the_declared_encoding_is_refused"),
    ),
    (
        "2.7.2 marks of notes before NFKC",
        (FIGURES, "the_steps_come_in_their_order"),
        (FIGURES, "a_cell_is_refused_with_its_reason"),
    ),
    (
        "2.7.3 the dictionary before NFKC",
        (FIGURES, "a_mark_means_what_the_publication_declares"),
        (FIGURES, "what_is_not_one_number_is_refused"),
    ),
    (
        "2.7.4 NFKC and look-alikes",
        (FIGURES, "a_printed_number_reads_exactly"),
        (FIGURES, "a_cell_is_refused_with_its_reason"),
    ),
    ("2.7.5 signs", (FIGURES, "a_printed_number_reads_exactly"), (FIGURES, "a_cell_is_refused_with_its_reason")),
    (
        "2.7.6 thousands",
        ("grammar/test_printed_forms.py", "a_printed_number_reads_back_exactly"),
        ("grammar/test_printed_forms.py", "a_misplaced_separator_is_refused"),
    ),
    (
        "2.7.7 exact numbers, then unit, then bounds",
        (FIGURES, "a_figure_is_never_a_float"),
        (STATEMENTS, "money_without_a_unit_is_refused"),
    ),
    (
        "2.7.8 glued digits",
        (FIGURES, "a_printed_number_reads_exactly"),
        (STATEMENTS, "numbers_run_together_are_refused"),
    ),
    (
        "2.7.9 names",
        (DIVISIONS, "an_alias_resolves_and_an_ambiguous_name_does_not"),
        (DIVISIONS, "a_printed_code_must_be_of_that_name"),
    ),
    (
        "2.7 header paths and their fingerprint",
        ("grammar/test_heads.py", "the_fingerprint_is_that_of_the_paths_not_of_their_printing"),
        ("grammar/test_heads.py", "another_head_is_refused_with_the_difference"),
    ),
    (
        "2.7 a merged cell over figures",
        (EDITION, "a_page_with_merged_heads_groups_and_ranks"),
        (EDITION, "a_merged_cell_is_not_read_as_several_figures"),
    ),
    # 2.8 to 2.10: areas, sums, population.
    (
        "2.8 codes of the day",
        (DIVISIONS, "a_name_is_looked_up_on_the_day"),
        (HEADINGS_OF_TABLES, "indented_names_before_codes_read"),
    ),
    ("2.9 totals and groups within rounding", (TRANSCRIPTION, "the_census_adds_up_from_county_to_province"), None),
    (
        "2.10 one label, two bases of population",
        (HEADINGS_OF_TABLES, "a_label_printed_twice_is_what_its_heading_says"),
        (HEADINGS_OF_TABLES, "a_label_under_no_declared_heading_is_refused"),
    ),
]
# A repeated article is counted and read once; sums are tests of the marts, no matter of reading.
NOTHING_TO_REFUSE = {"1.3 an article printed twice (S08)", "2.9 totals and groups within rounding"}


@cache
def functions_of(file: str) -> set[str]:
    """Names of the test functions of a module, read and not run."""
    tree = ast.parse((HERE / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("hazard", "reads", "refuses"), HAZARDS, ids=[hazard for hazard, *_ in HAZARDS])
def test_a_hazard_is_read_right_and_refused(
    hazard: str, reads: tuple[str, str], refuses: tuple[str, str] | None
) -> None:
    assert (refuses is None) == (hazard in NOTHING_TO_REFUSE)
    for file, name in filter(None, (reads, refuses)):
        assert f"test_{name}" in functions_of(file), f"{file} has no test of {hazard}"


def test_every_section_of_the_rules_is_there() -> None:
    sections = {hazard.split(" ")[0].rstrip(":") for hazard, *_ in HAZARDS}
    steps = {f"2.7.{step}" for step in range(1, 10)}
    # 2.4 is about what is counted, not about how it is printed.
    assert {"1.3", "2.1", "2.2", "2.3", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", *steps} <= sections
    assert {hazard.split(":")[0] for hazard, *_ in HAZARDS} >= {f"layout {number}" for number in range(1, 8)}
