"""What every figure has, whatever carried it: indicator, unit, period, division, status and round."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shanhai.documents.reference import Indicator, Reference, Unit
from shanhai.documents.terms import Reading
from shanhai.errors import CellError
from shanhai.grammar.divisions import COUNTRY_NAMES, DivisionRegister
from shanhai.grammar.figures import NO_CHANGE, SIGNED, Figure
from shanhai.grammar.magnitudes import area_level, check_magnitude, most_digits
from shanhai.grammar.periods import Period, parse_period, previous_year
from shanhai.reading.publication import Publication, Row


def nearest(attribute: str, levels: list[Reading]) -> object:
    """What the nearest level says of an attribute; None where none does."""
    for level in levels:  # asked for nine things of every figure: a generator would cost twice as much
        value: object = getattr(level, attribute)
        if value is not None:
            return value
    return None


@dataclass(frozen=True)
class Observations:
    """Makes rows of `staging.observations` out of figures; `register` resolves names of divisions."""

    publication: Publication
    reference: Reference
    register: DivisionRegister
    # A row asks the same of each of its cells.
    _divisions: dict[tuple[object, ...], str] = field(default_factory=dict, compare=False)
    _digits: dict[tuple[str, str], int] = field(default_factory=dict, compare=False)

    def most_digits(self, indicator_code: str, unit_printed: str) -> int:
        """Digits that one figure of the indicator may print in a unit."""
        key = (indicator_code, unit_printed)
        if key not in self._digits:
            unit = self.reference.units.get(unit_printed)
            windows = self.reference.magnitudes.get(indicator_code, {})
            self._digits[key] = most_digits(windows, unit.unit_mult if unit else 0)
        return self._digits[key]

    def unit_of(self, indicator_code: str, printed: list[list[str]]) -> str:
        """The printed unit that is the indicator's: of those nearest to the figure, the one of its measure.

        `printed` holds the units of head, row and table, nearest first. A table in 人、% names several.
        """
        nearest_units = next((units for units in printed if units), [])
        indicator = self.reference.indicators.get(indicator_code)
        known = self.reference.units
        fitting = [
            u for u in nearest_units if u in known and indicator and known[u].unit_measure == indicator.unit_measure
        ]
        if len(set(fitting)) > 1:
            raise CellError(f"is printed in {' and '.join(sorted(set(fitting)))}: declare its `unit`")
        return fitting[0] if fitting else next(iter(nearest_units), "")

    def of_column(
        self,
        figure: Figure,
        indicator_code: str,
        unit_printed: str,
        locator: str,
        levels: list[Reading],
        name: str,
        code: str | None,
        provinces: tuple[str, ...] = (),
    ) -> Row:
        """The row of a figure that stands in a column; raises CellError when its unit is not the indicator's."""
        indicator = self.reference.indicators.get(indicator_code)
        if indicator is None:
            raise CellError(f"the register of indicators lacks {indicator_code!r}")
        if figure.comment == NO_CHANGE and indicator.measure not in SIGNED:
            raise CellError(f"{figure.printed!r} says no change, and {indicator.indicator_code} is no growth")
        unit = self.reference.units.get(unit_printed)
        if unit is None or unit.unit_measure != indicator.unit_measure:
            raise CellError(
                f"unit {unit_printed!r} is not a unit of {indicator.unit_measure} ({indicator.indicator_code})"
            )
        return self.row(indicator, figure, unit, locator, levels, name, code, provinces=provinces)

    def row(
        self,
        indicator: Indicator,
        figure: Figure,
        unit: Unit,
        locator: str,
        levels: list[Reading],
        name: str,
        code: str | None = None,
        page: str = "",
        provinces: tuple[str, ...] = (),
    ) -> Row:
        """The row of a figure of `name` in `unit`; `page` tells pages of a digest apart.

        `provinces` are those whose divisions `name` may be.
        """
        source, edition = self.publication.source, self.publication.edition
        about = self._about(indicator, figure, levels, name, code, provinces)
        # The canonical values: number x 10^unit_mult, exact.
        value, upper = (None if each is None else each.scaleb(unit.unit_mult) for each in (figure.value, figure.upper))
        if figure.missing_status is None:
            division = about["division_code"]
            level = area_level(str(about["subject_kind"]), None if division is None else str(division))
            check_magnitude([value, upper], self.reference.magnitudes.get(indicator.indicator_code, {}), level)
        return about | {
            "unit_printed": unit.unit_printed or None,
            "unit_measure": unit.unit_measure,
            "unit_mult": unit.unit_mult,
            "value": value,
            "value_upper": upper,
            "vintage_set_id": f"{source.table_id}@{edition.edition}{page}",
            "locator": locator,
        }

    def _about(
        self,
        indicator: Indicator,
        figure: Figure,
        levels: list[Reading],
        subject: str,
        code: str | None,
        provinces: tuple[str, ...],
    ) -> Row:
        accum = str(nearest("accum", levels) or indicator.default_accum)
        period = self._period(levels, accum)
        kind = str(nearest("subject_kind", levels) or ("country" if subject in COUNTRY_NAMES else "division"))
        estimate_round = str(nearest("estimate_round", levels) or "_Z")
        provisional = estimate_round in ("PRELIM", "FLASH")
        status = figure.missing_status or nearest("obs_status", levels) or ("P" if provisional else "A")
        published_on = nearest("published_on", levels) or self.publication.published_on
        comments = [str(c) for c in (figure.comment, nearest("comment", levels)) if c]
        return {
            "subject_kind": kind,
            "subject_name": subject,
            "division_code": self._division(kind, subject, code, period.end, published_on, provinces),
            "counterpart_name": nearest("counterpart", levels),
            "indicator_code": indicator.indicator_code,
            "freq": period.freq,
            "time_period": period.time_period,
            "accum": accum,
            "period_start": period.start,
            "period_end": period.end,
            "printed": figure.printed,
            "obs_value": figure.value,
            "obs_value_upper": figure.upper,
            "obs_text": figure.text,
            "decimals": figure.decimals,
            "value_qualifier": figure.qualifier,
            "obs_status": status,
            "conf_status": "F",
            "estimate_round": estimate_round,
            "published_on": published_on,
            "comment": "; ".join(comments) or None,
        }

    def divisions(
        self, alike: Row, names: list[str], codes: list[str | None], provinces: tuple[str, ...]
    ) -> list[str | None]:
        """The division codes of `names` in rows that are else as `alike`; raises CellError like `row`."""
        said = (str(alike["subject_kind"]), alike["period_end"], alike["published_on"])
        kind, period_end, published_on = said
        found = {
            key: self._division(kind, *key, period_end, published_on, provinces)
            for key in set(zip(names, codes, strict=True))
        }
        return [found[key] for key in zip(names, codes, strict=True)]

    def canonical(self, alike: Row, figures: list[Decimal], divisions: list[str | None]) -> list[Decimal]:
        """The canonical values of figures of divisions that are else as `alike`; raises CellError like `row`."""
        unit_mult = int(str(alike["unit_mult"]))
        values = [figure.scaleb(unit_mult) for figure in figures]
        if windows := self.reference.magnitudes.get(str(alike["indicator_code"])):
            kind, of_level = str(alike["subject_kind"]), defaultdict[str | None, list[Decimal]](list)
            levels = {division: area_level(kind, division) for division in set(divisions)}
            for division, value in zip(divisions, values, strict=True):
                of_level[levels[division]].append(value)
            for level, those in of_level.items():
                check_magnitude([min(those), max(those)], windows, level)
        return values

    def knows(self, name: str, provinces: tuple[str, ...]) -> bool:
        """Whether `name` is a division of one of the provinces in the edition's period."""
        period = nearest("period", [self.publication.edition, self.publication.document])
        try:
            day = parse_period(str(period), "PIT").end if period else self.publication.published_on
            return bool(self.register.code_of(name, day or date.max, provinces))
        except CellError:
            return False

    def _period(self, levels: list[Reading], accum: str) -> Period:
        text = nearest("period", levels)
        if text is None:
            raise CellError("has no period: declare one in the document")
        if text == "previous":
            edition_period = nearest("period", [self.publication.edition, self.publication.document])
            text = previous_year(str(edition_period))
        return parse_period(str(text), accum)

    def _division(
        self,
        kind: str,
        name: str,
        code: str | None,
        period_end: object,
        published_on: object,
        provinces: tuple[str, ...],
    ) -> str | None:
        if kind != "division":
            return None
        day = next((day for day in (period_end, published_on) if isinstance(day, date)), date.max)
        key = (code, name, day, provinces)
        if key not in self._divisions:
            found = self.register.check(code, name, day) if code else self.register.code_of(name, day, provinces)
            self._divisions[key] = found
        return self._divisions[key]
