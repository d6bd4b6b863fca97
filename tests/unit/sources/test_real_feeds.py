"""What becomes of real feeds, row by row."""

from __future__ import annotations

import pytest

RALEIGH = "recovery/meetings/aa_raleigh_nc_meetingguide_2017.json"
EXAMPLE = "recovery/meetings/meeting_guide_spec_example.json"
LONG_ISLAND = "recovery/meetings/na_bmlt_getsearchresults_sample.json"
CHARLOTTESVILLE = "recovery/treatment/findtreatment_api_charlottesville_2019.json"
MARYLAND = "recovery/treatment/findtreatment_api_doc_sample.json"
WASHINGTON = "directory/dc-crie/2023-newExport"


@pytest.mark.parametrize(
    ("name", "path", "rows_in", "expected", "notes"),
    [
        ("meeting_guide", RALEIGH, 357, (342, 1, 7, 7), 0),
        ("meeting_guide", EXAMPLE, 1, (1, 0, 0, 0), 1),
        ("bmlt", LONG_ISLAND, 111, (111, 0, 0, 0), 5),
        ("findtreatment", CHARLOTTESVILLE, 30, (30, 0, 0, 0), 19),
        ("findtreatment", MARYLAND, 2, (2, 0, 0, 0), 2),
        ("orservices", WASHINGTON, 2496, (2187, 0, 251, 58), 2558),
    ],
)
def test_every_row_of_a_real_feed_has_one_verdict(read, shared_data, name, path, rows_in, expected, notes):
    reading = read(name, shared_data / path)
    counts = reading.counts()
    assert tuple(counts.get(v, 0) for v in ("records", "merged", "quarantined", "rejected")) == expected
    assert sum(counts.values()) == rows_in
    assert len(reading.outcomes) - rows_in == notes
    assert len(reading.records) == expected[0], "source keys are unique"


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        ("sober_living", 94),
        ("support_group", 30),
        ("outpatient", 41),
        ("vocational", 108),
        ("community", 566),
    ],
)
def test_kinds_in_washington(read, shared_data, kind, count):
    reading = read("orservices", shared_data / WASHINGTON)
    assert sum(kind in record.kinds for record in reading.records.values()) == count
