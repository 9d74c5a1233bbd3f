"""Letters: Chinese PDF/A from data that can do nothing but appear."""

import io
import re

import pypdf
import pytest

from engine.letters import (
    Fonts,
    LetterLimit,
    LetterSource,
    MissingGlyph,
    UnknownFont,
    render,
)

HEAD = """#let d = json(bytes(sys.inputs.data))
#set document(title: "决定书")
#set text(font: ("FangSong", "Noto Sans CJK SC"), lang: "zh")
"""
FONTS = Fonts.of()


def letter(body, data=None, *, head=HEAD, more=None, timeout_s=20):
    files = {"letter.typ": (head + body).encode(), **(more or {})}
    return render(files, "letter.typ", data or {}, fonts=FONTS, timeout_s=timeout_s)


def reader(pdf):
    return pypdf.PdfReader(io.BytesIO(pdf))


def text(pdf):
    return "\n".join(page.extract_text() for page in reader(pdf).pages)


@pytest.fixture(scope="module")
def decision():
    body = """#import "parts/seal.typ": seal
= 决定书
#d.name：经研究，决定给予帮扶资金 #d.amount。
#seal
#pagebreak()
第二页
"""
    data = {"name": "陈静", "amount": "人民币伍仟元整"}
    return letter(body, data, more={"parts/seal.typ": "#let seal = [（盖章）]".encode()})


def test_chinese_text_can_be_taken_out_again(decision):
    found = text(decision)
    for words in ("决定书", "陈静：经研究", "人民币伍仟元整", "（盖章）", "第二页"):
        assert words in found


def test_a_letter_has_its_pages(decision):
    assert len(reader(decision).pages) == 2


def test_every_font_is_embedded(decision):
    fonts = [
        descendant.get_object()["/FontDescriptor"]
        for page in reader(decision).pages
        for font in page["/Resources"]["/Font"].values()
        for descendant in font.get_object()["/DescendantFonts"]
    ]
    assert fonts
    assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)


def test_the_file_says_that_it_is_pdf_a_2b(decision):
    document = reader(decision)
    xmp = document.trailer["/Root"]["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part(>|=\")2", xmp)
    assert re.search(r"pdfaid:conformance(>|=\")B", xmp)
    assert "/OutputIntents" in document.trailer["/Root"]


def test_the_same_input_gives_the_same_bytes():
    body = "#d.name 于二〇二六年"
    assert letter(body, {"name": "陈静"}) == letter(body, {"name": "陈静"})


@pytest.mark.parametrize(
    "value",
    [
        '#read("/etc/passwd")',
        "#panic()",
        '"]); #import "x"',
        "\\ $x$ *b* _i_ `c` @ref <label> // comment /* x */",
        "{{ }} ${x} %s",
    ],
)
def test_a_hostile_value_appears_literally(value):
    shown = text(letter("#d.value", {"value": value}))
    assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", value)


def test_only_the_packages_files_can_be_read():
    for path in ("/etc/passwd", "../../../etc/passwd", "../letter.typ"):
        with pytest.raises(LetterSource):
            letter(f'#read("{path}")')


def test_a_file_outside_the_letters_folder_is_refused():
    for name in ("../x.typ", "/tmp/x.typ", "a/../../x", "C:x", "a\\b"):
        with pytest.raises(LetterSource, match="path of its own"):
            letter("x", more={name: b""})


def test_packages_from_the_network_are_refused():
    with pytest.raises(LetterSource, match="cannot be used"):
        letter('#import "@preview/cetz:0.3.0"')
    with pytest.raises(LetterSource, match="package"):
        letter('#import "@pre" + "view/cetz:0.3.0"', timeout_s=5)


def test_a_letter_knows_no_today():
    with pytest.raises(LetterSource, match=r"datetime\.today"):
        letter("#datetime.today().display()")


def test_a_mistake_in_the_source_says_where():
    with pytest.raises(LetterSource, match="unknown variable") as caught:
        letter("第一行\n#nothing")
    assert "letter.typ:5" in caught.value.parts["where"]


def test_data_that_the_source_expects_must_be_there():
    with pytest.raises(LetterSource, match="does not contain key"):
        letter("#d.name")


def test_data_must_be_json():
    with pytest.raises(LetterSource, match="not JSON"):
        letter("x", {"value": float("nan")})


def test_an_entry_that_is_not_there_is_named():
    with pytest.raises(LetterSource, match=r"other\.typ"):
        render({"letter.typ": b""}, "other.typ", {}, fonts=FONTS)


@pytest.mark.parametrize(
    "head",
    [
        '#set text(font: "FangSong")\n',
        '#set text(lang: "zh", font: ("FangSong", "KaiTi"))\n',
        '#let f = "FangSong"\n#set text(font: f)\n',
        '#set text(font: "Fang" + "Song")\n',
        HEAD + '#show heading: set text(font: "FangSong")\n= 标\n',
    ],
)
def test_a_font_that_is_not_here_and_has_no_second_choice_is_named(head):
    with pytest.raises(UnknownFont) as caught:
        letter("你好", head=head)
    assert caught.value.parts["family"] == "fangsong"


@pytest.mark.parametrize(
    "head",
    [
        '#set text(font: ("FangSong", "Noto Sans CJK SC"))\n',
        '#let f = ("KaiTi", "FangSong", "Noto Sans CJK SC")\n#set text(lang: "zh", font: f)\n',
        '#set text(font: ((name: "FangSong", covers: "latin-in-cjk"), "Noto Sans CJK SC"))\n',
    ],
)
def test_a_font_with_a_second_choice_may_be_missing(head):
    assert "你好" in text(letter("你好", head=head))


def test_a_character_that_no_font_has_is_named():
    with pytest.raises(MissingGlyph) as caught:
        letter("#d.name", {"name": "陈\U00020000静\U0001f600"})
    assert caught.value.parts["characters"] == "\U00020000\U0001f600"
    assert caught.value.parts["codes"] == "U+20000 U+1F600"


def test_a_letter_that_never_ends_is_stopped():
    with pytest.raises(LetterLimit):
        letter("#for i in range(100000) { for j in range(100000) { let k = j } }", timeout_s=1)


def test_a_letter_that_eats_memory_is_stopped(monkeypatch):
    monkeypatch.setattr("engine.letters.typesetting.MEMORY_BYTES", 400 * 1024**2)
    with pytest.raises(LetterLimit):
        letter(
            '#{ let s = "x" * 1000000\n let a = ()\n for i in range(10000) { a.push(s + str(i)) } }'
        )


def test_a_folder_of_fonts_that_does_not_exist_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        Fonts.of(tmp_path / "nowhere")


def test_the_organisations_folder_comes_first(tmp_path):
    fonts = Fonts.of(tmp_path)
    assert fonts.folders[0] == tmp_path.resolve()
    assert len(fonts.folders) == 2
