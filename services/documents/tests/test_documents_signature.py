"""Signatures under quotes: what counts as one, and how a drawn one is drawn again."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as some
from lxml import etree
from PIL import Image
from pydantic import ValidationError

from kontor_documents.quotes.signature import MAX_POINTS, Signature, SignatureInvalid, check_signature, png, svg

NAME = "Erika Mustermann"
WAVE = [[(10 + 4 * n, 60 + 30 * (-1) ** n) for n in range(40)], [(30, 90), (120, 92)]]


def _drawn(strokes: object) -> Signature:
    return Signature.model_validate({"kind": "drawn", "strokes": strokes})


def test_a_drawn_signature_counts() -> None:
    signature = _drawn(WAVE)
    check_signature(signature, NAME)
    assert signature.strokes[1] == [(30, 90), (120, 92)]


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param([], id="nothing"),
        pytest.param([[(50, 50)]], id="a dot"),
        pytest.param([[(10 * n, 50)] for n in range(30)], id="many dots"),
        pytest.param([[(50, 50), (53, 51), (50, 50)]], id="a slip of the finger"),
        pytest.param([[(10, 50), (80, 51), (200, 50)]], id="a swipe over the page"),
        pytest.param([[(50, 10 + n % 2 * 60) for n in range(9)]], id="one line up and down"),
    ],
)
def test_a_drawing_that_is_blank_or_dotted_is_refused(strokes: object) -> None:
    with pytest.raises(SignatureInvalid) as refused:
        check_signature(_drawn(strokes), NAME)
    assert refused.value.field == "signature.strokes"


def test_a_typed_signature_is_the_full_name_however_it_is_spaced() -> None:
    signature = Signature(kind="typed", text="  erika   MUSTERMANN ")
    check_signature(signature, NAME)
    assert signature.text == "erika   MUSTERMANN"


@pytest.mark.parametrize(
    ("text", "name"), [("", NAME), ("Erika", NAME), ("E. M.", NAME), ("Erika", "Erika"), ("... ...", "... ...")]
)
def test_a_typed_signature_that_is_not_the_full_name_is_refused(text: str, name: str) -> None:
    with pytest.raises(SignatureInvalid) as refused:
        check_signature(Signature(kind="typed", text=text), name)
    assert refused.value.field == "signature.text"


@pytest.mark.parametrize(
    "strokes",
    [
        pytest.param([[(1, 1)] * (MAX_POINTS // 2 + 1)] * 2, id="too many points"),
        pytest.param([[(1, 1)]] * 401, id="too many strokes"),
        pytest.param([[(float("nan"), 1)]], id="no number"),
        pytest.param([[(-1, 1)]], id="outside the pad"),
        pytest.param([[]], id="an empty stroke"),
    ],
)
def test_strokes_are_bounded_and_an_error_does_not_repeat_them(strokes: object) -> None:
    with pytest.raises(ValidationError) as refused:
        _drawn(strokes)
    assert "input_value" not in str(refused.value)


def test_strokes_are_left_out_where_a_signature_is_printed() -> None:
    assert "strokes" not in repr(_drawn(WAVE))


_POINT = some.tuples(some.floats(0, 2000), some.floats(0, 800))


@given(some.lists(some.lists(_POINT, min_size=1, max_size=20), min_size=1, max_size=5))
def test_every_drawing_becomes_a_vector_cut_to_its_ink(strokes: list[list[tuple[float, float]]]) -> None:
    drawn = etree.fromstring(svg(strokes))
    width = max(x for s in strokes for x, _ in s) - min(x for s in strokes for x, _ in s)
    assert float(drawn.get("width")) == pytest.approx(width + 16, abs=0.1)
    assert drawn[0].get("d").count("M") == len(strokes)


def test_a_drawing_becomes_a_picture_with_its_ink_where_the_strokes_are() -> None:
    picture = Image.open(BytesIO(png([[(100, 100), (200, 100)]])))
    assert picture.size == ((100 + 16) * 3, 16 * 3)
    assert picture.getpixel((150, 24)) == (20, 255)
    assert picture.getpixel((150, 2))[1] == 0
