"""A file that is not what it claims is refused whole, with its name, its line and what would be right."""

from __future__ import annotations

import pytest

from aftercare_directory.sources.mapping import read_mapping, saved_mapping
from aftercare_platform.kernel.errors import InvalidArgument


@pytest.mark.parametrize(
    ("name", "path", "at", "says"),
    [
        ("meeting_guide", "broken/page.json", "page.json:1", "web page"),
        ("bmlt", "broken/page.json", "page.json:1", "web page"),
        ("findtreatment", "broken/page.json", "page.json:1", "web page"),
        ("meeting_guide", "broken/cut.json", "cut.json:3", "not valid JSON"),
        ("meeting_guide", "broken/other.json", "other.json:1", "no list of rows"),
        ("bmlt", "broken/foreign.json", "foreign.json:1", "has no id_bigint"),
        ("findtreatment", "meeting_guide.json", "meeting_guide.json:2", "has no name1"),
        ("meeting_guide", "broken/latin1.json", "latin1.json:2", "not UTF-8"),
        ("meeting_guide", "sober_homes.csv", "sober_homes.csv:1", "not a JSON feed"),
        ("csv", "broken/other.csv", "other.csv:1", "lacks the columns address"),
        ("csv", "broken/quote.csv", "quote.csv:2", "not valid CSV"),
        ("csv", "meeting_guide.json", "meeting_guide.json:1", "is not CSV"),
        ("orservices", "sober_homes.csv", "files", "also needs locations.csv"),
    ],
)
def test_broken_and_foreign_files(read, name, path, at, says):
    with pytest.raises(InvalidArgument) as refused:
        read(name, path, mapping=saved_mapping("sober_homes"))
    [violation] = refused.value.violations
    assert violation.field == at
    assert says in violation.description


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ({}, "mapping.columns"),
        ({"columns": {}, "key": []}, "mapping.key"),
        ({"columns": {"a": {"field": "service.name"}}, "key": ["a"], "kinds": ["spa"]}, "mapping.kinds"),
        ({"columns": {"a": {"field": "service.nam"}}, "key": ["a"]}, "mapping.columns.a.field"),
        ({"columns": {"a": {"yes_no": ["wait", ""]}}, "key": ["a"]}, "mapping.columns.a.yes_no"),
        ({"columns": {"a": {"quantity": "wait", "unit": "moons"}}, "key": ["a"]}, "mapping.columns.a.unit"),
        (
            {"columns": {"a": {"terms": {"x": [["gender", "duck", True]]}}}, "key": ["a"]},
            "mapping.columns.a.terms.x",
        ),
        ({"columns": {"a": {}}, "key": ["a"]}, "mapping.columns.a"),
        ({"columns": {"a": {"ignore": True}}, "key": ["a"]}, "mapping.columns"),
    ],
)
def test_wrong_mappings_name_the_member(document, at):
    with pytest.raises(InvalidArgument) as refused:
        read_mapping(document)
    assert refused.value.violations[0].field == at


@pytest.mark.parametrize(
    ("options", "at"),
    [({"fellowship": "xx"}, "options.fellowship"), ({"timezone": "Mars/Base"}, "options.timezone")],
)
def test_wrong_options_are_refused(read, options, at):
    with pytest.raises(InvalidArgument) as refused:
        read("meeting_guide", "meeting_guide.json", **options)
    assert refused.value.violations[0].field == at


def test_an_unknown_format_lists_the_formats(read):
    with pytest.raises(InvalidArgument, match="meeting_guide, bmlt, findtreatment, orservices, csv"):
        read("excel", "meeting_guide.json")
