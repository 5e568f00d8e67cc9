"""The same diagnostics as text, JSON and SARIF."""

import json

from runtime.base.diagnostic import Code, Diagnostic, Severity, Span
from runtime.language.report import as_json, as_sarif, as_text, in_order, summary

FILE = "schemas/modules/deals.yaml"
FOUND = Diagnostic(
    "M101",
    'unknown picklist "deal_stagse"',
    Span(FILE, 3, 15, 3, 26),
    "deals.fields.stage.picklist",
    'did you mean "deal_stages"?',
    related=(Span(FILE, 1, 1, 1, 2),),
)
WARNING = Diagnostic("M128", "twice", Span("a.yaml", 1, 1, 2, 1), severity=Severity.WARNING)
SOURCES = {
    FILE: "fields:\n  stage:\n    picklist: deal_stagse\r\n    type: picklist\n",
    "a.yaml": "list:\n  - x\n",
}


def test_the_text_shows_the_line_with_a_caret_under_what_is_meant():
    assert as_text([FOUND], SOURCES) == (
        "error M101 schemas/modules/deals.yaml:3:15   deals.fields.stage.picklist\n"
        '  unknown picklist "deal_stagse"\n'
        "    3 |     picklist: deal_stagse\n"
        "      |               ^^^^^^^^^^^\n"
        '  help: did you mean "deal_stages"?   more: trellis explain M101\n'
        "  see also: schemas/modules/deals.yaml:1:1"
    )


def test_what_would_command_a_terminal_is_shown_and_not_obeyed():
    source = {"a\x1b.yaml": "name: \x1b[2J\u202egone\r\tx: y\n"}
    shown = as_text([Diagnostic("Y105", 'no "\x1b"', Span("a\x1b.yaml", 1, 7, 1, 8))], source)
    assert "    1 | name: ␛[2J\ufffdgone␍ x: y\n      |       ^\n" in shown
    assert not set(shown) & set("\x1b\r\t\u202e")


def test_a_span_of_several_lines_is_underlined_to_the_end_of_its_first():
    assert as_text([WARNING], SOURCES) == (
        "warning M128 a.yaml:1:1\n  twice\n    1 | list:\n      | ^^^^^\n  more: trellis explain M128"
    )


def test_of_a_long_line_the_offending_part_is_shown():
    text = f"{'x' * 500}HERE{'y' * 500}"
    found = Diagnostic("M101", "wrong", Span("a.yaml", 1, 501, 1, 505))
    _, _, line, caret, _ = as_text([found], {"a.yaml": text}).split("\n")
    assert len(line) < 140
    assert line[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_a_diagnostic_of_a_file_that_is_not_there_has_no_line():
    assert as_text([FOUND], {}).count("\n") == 3


def test_json_has_every_part_and_counts():
    report = json.loads(as_json([FOUND, WARNING]))
    assert (report["errors"], report["warnings"]) == (1, 1)
    first = report["diagnostics"][0]
    assert first["code"] == "M101"
    assert (first["file"], first["line"], first["column"], first["end_column"]) == (FILE, 3, 15, 26)
    assert first["path"] == "deals.fields.stage.picklist"
    assert first["related"][0]["line"] == 1


def test_sarif_names_the_rule_the_level_and_the_region():
    codes = {"M101": Code("M101", "Unknown picklist", "A page.")}
    log = json.loads(as_sarif([FOUND, WARNING], codes, "1.2.3", "file:///pack/"))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == "Unknown picklist"
    assert [result["level"] for result in run["results"]] == ["error", "warning"]
    result = run["results"][0]
    assert result["ruleId"] == run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "M101"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": FILE, "uriBaseId": "PACK"}
    assert place["region"] == {"startLine": 3, "startColumn": 15, "endLine": 3, "endColumn": 26}


def test_diagnostics_are_in_the_order_of_files_and_lines_and_told_once():
    second = Diagnostic("S101", "unknown", Span(FILE, 2, 1, 2, 2))
    assert in_order([FOUND, WARNING, second, FOUND]) == [WARNING, second, FOUND]


def test_the_summary_counts():
    assert summary([], 1) == "1 file checked: no errors."
    assert summary([FOUND, WARNING, WARNING], 1200) == "1,200 files checked: 1 error, 2 warnings."
