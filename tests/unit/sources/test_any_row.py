"""Whatever a row holds, it ends in exactly one verdict; nothing else is raised, nothing is lost."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftercare_directory.domain.record import RowNote
from aftercare_directory.sources.feed import ReadOptions, SourceFile
from aftercare_directory.sources.formats import FORMATS
from aftercare_directory.sources.mapping import saved_mapping
from aftercare_platform.kernel.errors import InvalidArgument

COLUMNS = {
    "meeting_guide": """name slug day time end_time types address city state postal_code country latitude
        longitude timezone updated url conference_url conference_phone approximate attendance_option
        entity notes""",
    "bmlt": """id_bigint meeting_name weekday_tinyint start_time duration_time venue_type formats published
        format_shared_id_list latitude longitude location_province location_postal_code_1 location_nation
        virtual_meeting_link time_zone""",
    "findtreatment": """name1 name2 frid street1 city state zip phone website latitude longitude typeFacility
        services""",
    "csv": """name address city state zip gender beds_total beds_open vacancy_as_of weekly_fee latitude
        longitude methadone languages updated status confidential narr_level""",
}
LIKELY = st.sampled_from(
    [
        "",
        "a",
        "0",
        "1",
        "7",
        "19:00",
        "20001",
        "DC",
        "38.9",
        "-77.0",
        "NaN",
        "1e999",
        "9" * 5000,
        "9999-12-31T23:59:59-23:59",
        "<b>x",
        "&#0;",
        "2026-02-30",
        "2026-03-31",
        "yes",
        "O",
        "٣",
        "²",
    ]
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | LIKELY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["f1", "f2", "f3"]), inner),
    max_leaves=4,
)


def verdicts_of(name: str, text: str) -> list[object]:
    body = text.encode()
    options = ReadOptions(mapping=saved_mapping("sober_homes") if name == "csv" else {})
    outcomes = FORMATS[name].read([SourceFile("feed", lambda: io.BytesIO(body))], options)
    return [outcome for outcome in outcomes if not isinstance(outcome, RowNote)]


@pytest.mark.parametrize("name", ["meeting_guide", "bmlt", "findtreatment"])
@given(data=st.data())
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_json_row_has_one_verdict(name, data):
    row = {column: data.draw(ANYTHING, label=column) for column in COLUMNS[name].split()}
    assert len(verdicts_of(name, json.dumps([row]))) == 1


@given(
    cells=st.lists(
        LIKELY | st.text(alphabet=st.characters(exclude_characters='"\r\n', codec="utf-8"), max_size=20),
        min_size=18,
        max_size=18,
    )
)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_any_csv_row_has_one_verdict(cells):
    header = ",".join(COLUMNS["csv"].split())
    line = ",".join(f'"{cell}"' for cell in cells)
    assert len(verdicts_of("csv", f"{header}\n{line}\n")) == 1


@pytest.mark.parametrize("name", FORMATS)
@given(body=st.binary(max_size=200))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_bytes_are_rows_or_a_clear_error(name, body):
    options = ReadOptions(mapping=saved_mapping("sober_homes"))
    fields = ["none"]
    try:
        list(FORMATS[name].read([SourceFile("feed", lambda: io.BytesIO(body))], options))
    except InvalidArgument as refused:
        fields = [violation.field for violation in refused.violations]
    assert all(fields)


@pytest.mark.parametrize(
    "column", ["name", "notes", "formatted_address", "time", "url", "entity", "entity_email"]
)
@pytest.mark.parametrize("junk", ["<b", "<script>", "a ", "&amp;", "1", "-", "a@", "al-"])
@pytest.mark.timeout(10)
def test_a_hostile_cell_costs_no_more_than_its_length(column, junk):
    row = {"name": "x", "slug": "y", "day": 1, "time": "10:00", column: junk * 100_000}
    assert len(verdicts_of("meeting_guide", json.dumps([row]))) == 1
