from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clipclean.model import Clipping, Failure


def shown(items):
    return [item.kind if isinstance(item, Failure) else item.text for item in items]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.tab"])
def test_the_delimiter_is_found_whatever_the_suffix(read_file, delimiter, end, name):
    rows = [
        ["doc_id", "body", "note"],
        ["a", f'"Rain{delimiter} fell"{delimiter}', "x"],
        ["b", "Snow.\n\nMore snow.", ""],
    ]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    items = read_file(name, buffer.getvalue())
    assert [(item.id, item.text, item.meta) for item in items] == [
        ("a", f'"Rain{delimiter} fell"{delimiter}', {"note": "x"}),
        ("b", "Snow.\n\nMore snow.", {"note": ""}),
    ]
    assert [item.origin.record for item in items] == [1, 2]
    assert items[0].keys == {"id": "doc_id", "text": "body"}


def test_a_cell_may_be_longer_than_the_csv_module_allows_by_itself(read_file):
    text = "Rain fell, and fell. " * 20_000
    assert shown(read_file("a.csv", f'id,text\na,"{text}"\n')) == [text]


def test_a_table_without_a_text_column_is_one_failure_that_names_the_columns(read_file):
    [failure] = read_file("a.csv", "nummer,artikel,datum\n1,Regen fiel.,2031\n2,Schnee fiel.,2031\n")
    assert failure.kind == "no-text"
    assert "nummer, artikel, datum" in failure.message
    assert "--field text=NAME" in failure.message


def test_the_text_column_can_be_named(read_file):
    content = "nummer,artikel\n1,Regen fiel.\n"
    assert shown(read_file("a.csv", content, fields={"text": "artikel"})) == ["Regen fiel."]


def test_a_table_without_a_header_does_not_spill_its_text_into_the_message(read_file):
    [failure] = read_file("a.csv", f"1,{'Rain fell on Marlow. ' * 500}\n")
    assert len(failure.message) < 500


@pytest.mark.parametrize("content", ["", "\n\n", "id,text\n", "id,text\n\n\n"])
def test_a_table_without_rows_has_no_records(read_file, content):
    assert shown(read_file("a.csv", content)) == ["no-records"]


def test_a_short_row_is_noted_and_a_long_one_is_a_failure(read_file):
    items = read_file("a.csv", "id,text,note\na,Rain.\nb,Snow, fell.,x\nc,Hail.,y\n")
    assert shown(items) == ["Rain.", "broken-row", "Hail."]
    assert items[0].notes == ("row: 2 of 3 cells",)
    assert items[1].origin.record == 2
    assert "line 3" in items[1].message
    assert "4 cells" in items[1].message


def test_a_stray_quote_costs_one_row(read_file):
    content = (
        'id,text\na,"Rain fell\nb,"Snow fell, and fell."\nc,Hail.\nd,"Fog "thick" fog."\ne,Sleet.\nf,"never closed\n'
    )
    items = read_file("a.csv", content)
    assert shown(items) == ["broken-row", "Snow fell, and fell.", "Hail.", "broken-row", "Sleet.", "broken-row"]
    assert [item.origin.record for item in items] == [1, 2, 3, 4, 5, 6]
    assert "line 2" in items[0].message
    assert "line 7" in items[-1].message


def test_a_file_whose_quotes_are_all_broken_is_given_up_in_the_end(read_file, monkeypatch):
    monkeypatch.setattr("clipclean.readers.table.READ_AGAIN", 1000)
    items = read_file("a.csv", "id,text\n" + 'a,"Rain\n' * 200)
    assert 1 < len(items) < 200
    assert "too many quotes" in items[-1].message


def test_a_tab_table_without_quoting_is_read_as_it_stands(read_file):
    items = read_file("a.tsv", 'id\ttext\na\t"No," she said.\nb\t"Rain" and "snow"\nc\tHail.\n')
    assert shown(items) == ['"No," she said.', '"Rain" and "snow"', "Hail."]
    assert items[0].notes == ("row: read without quotes",)


def test_a_header_of_nothing_but_delimiters_is_one_failure(read_file):
    assert shown(read_file("a.csv", "," * 200_000 + "\n1,2\n")) == ["no-text"]


def test_a_line_that_excel_puts_in_front_is_heeded(read_file):
    assert shown(read_file("a.csv", "sep=;\r\nid;text\r\na;Rain, snow.\r\n")) == ["Rain, snow."]


def test_two_columns_of_one_name_do_not_cover_each_other(read_file):
    [clipping] = read_file("a.csv", "text,note,note\nRain.,a,b\n")
    assert clipping.meta == {"note": "a", "note 2": "b"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(read_file, encoding):
    texts = ["Der Bürgermeister von Grünau erklärte, daß die Brücke gesperrt bleibt.", "Über Nacht fror es in Grünau."]
    content = "id,text,größe\n" + "".join(f'{number},"{text}",schön\n' for number, text in enumerate(texts))
    items = read_file("a.csv", content.encode(encoding))
    assert [item.text for item in items] == texts
    assert [item.meta for item in items] == [{"größe": "schön"}] * 2


def test_a_forced_encoding_is_used(read_file):
    assert shown(read_file("a.csv", "id,text\na,Мост закрыт.\n".encode("koi8-r"), encoding="koi8-r")) == [
        "Мост закрыт."
    ]


def test_null_characters_do_not_end_the_table(read_file):
    assert shown(read_file("a.csv", "id,text\na,Ra\x00in.\nb,Snow.\n")) == ["Ra\ufffdin.", "Snow."]


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\ufeff"), min_size=1, max_size=20).filter(
    lambda text: not text.isspace()
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5), st.sampled_from(",;\t|"), st.sampled_from(["\n", "\r\n"])
)
def test_any_table_comes_back(read_file, rows, delimiter, end):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("title", "x", "text"), *((title, number, "Rain.") for number, (title, _) in enumerate(rows))])
    items = read_file("a.csv", buffer.getvalue())
    assert all(isinstance(item, Clipping) for item in items)
    assert [item.meta["x"] for item in items] == [str(number) for number in range(len(rows))]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from('ab,;"\n\r\t|\x00é'), max_size=60))
def test_any_text_after_a_header_gives_clippings_and_failures(read_file, content):
    items = read_file("a.csv", "id,text\n" + content)
    assert items
    assert "unexpected" not in shown(items)
