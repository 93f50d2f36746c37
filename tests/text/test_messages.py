"""Both languages say the same things, and every error has words."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path
from string import Formatter

import pytest

import lib.text
from lib.domain.errors import DataError
from lib.text.errors import error_text, message_key, place_text
from lib.text.messages import LANGUAGES, has, messages

TEXT = Path(lib.text.__file__).parent
FILES = sorted({path.name for lang in LANGUAGES for path in (TEXT / lang).glob("*.toml")})
RAISED = re.compile(r"""(?:DataError|\berror)\(\s*"([a-z_]+(?:\.[a-z_]+)?)\"""")


def keys(lang: str, file: str) -> dict[str, str]:
    stem = file.removesuffix(".toml")
    return {key: text for key, text in messages(lang).items() if key.split(".")[0] == stem}


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_keys(file: str) -> None:
    assert sorted(keys("vi", file)) == sorted(keys("en", file))


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_placeholders(file: str) -> None:
    english = keys("en", file)
    different = {
        key: (text, english[key]) for key, text in keys("vi", file).items()
        if key in english and placeholders(text) != placeholders(english[key])
    }
    assert different == {}


@pytest.mark.parametrize("file", FILES)
def test_no_message_is_empty_or_in_another_form_of_unicode(file: str) -> None:
    for lang in LANGUAGES:
        for key, text in keys(lang, file).items():
            assert text.strip(), key
            assert unicodedata.is_normalized("NFC", text), key


def problems_raised() -> set[str]:
    """The problems that the program raises, read from its own text."""
    sources = (path.read_text("utf-8") for path in TEXT.parent.rglob("*.py"))
    return {problem for source in sources for problem in RAISED.findall(source)}


def test_every_problem_has_words_in_both_languages() -> None:
    found = problems_raised()
    assert {"missing_source", "bad_encoding", "date_order"} <= found
    lacking = {
        (lang, problem) for lang in LANGUAGES for problem in found for kind in ("what", "remedy")
        if not has(lang, f"{message_key(problem)}.{kind}")
    }
    assert lacking == set()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_error_says_what_and_what_next(lang: str) -> None:
    table = tomllib.loads((TEXT / lang / "errors.toml").read_text("utf-8"))
    problems = {key: words for key, words in table.items() if isinstance(words, dict) and key != "place"}
    assert all(set(words) == {"what", "remedy"} for words in problems.values())
    for problem in problems:
        text = error_text(lang, DataError(problem, file="x.csv"))
        assert text.count(".") >= 2 and "{" not in text


def test_an_error_reads_as_a_sentence_with_its_place() -> None:
    error = DataError("unknown_source", file="observations.csv", line=12, column="source", found="nobody")
    assert error_text("vi", error) == (
        "Tệp observations.csv, dòng 12, cột “source”: Nguồn này không có trong danh mục nguồn. "
        "Giá trị đọc được: “nobody”. Cách sửa: sửa lại mã nguồn, hoặc thêm nguồn vào sources.csv trước."
    )


def test_all_parts_of_a_place_are_named_in_order() -> None:
    error = DataError("bad_date", file="a.xlsx", feature="f", field="g", column="B", line=3, sheet="S")
    assert place_text("vi", error) == "Tệp a.xlsx, trang tính “S”, dòng 3, cột “B”, mục “g”, đối tượng “f”"


def test_a_long_or_braced_value_is_shown_short_and_as_it_is() -> None:
    error = DataError("bad_date", file="a.csv", found="{0}" + "x" * 10_000)
    text = error_text("vi", error)
    assert "{0}xxx" in text and len(text) < 300
