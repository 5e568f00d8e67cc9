"""What finds possible duplicates: the pieces of a text, and what of a text is compared."""

from decimal import Decimal
from random import Random

import pytest
from rapidfuzz.distance import Levenshtein

from runtime.fields import likeness
from runtime.records.duplicate_keys import LONGEST, _pieces, _sought


def edited(random, text, most):
    letters = list(text)
    for _ in range(random.randint(0, most)):
        at = random.randrange(len(letters) + 1)
        match random.randrange(3):
            case 0:
                letters.insert(at, random.choice("abc x"))
            case 1:
                del letters[at : at + 1]
            case 2:
                letters[at : at + 1] = [random.choice("abc x")]
    return "".join(letters)[:LONGEST]


@pytest.mark.parametrize("fuzzy", ["0.8", "0.85", "0.9", "0.95", "1"])
def test_texts_that_are_alike_always_have_a_piece_in_common(fuzzy):
    random, part, alike = Random(7), Decimal(fuzzy), 0
    for _ in range(3000):
        kept = "".join(random.choice("abc de") for _ in range(random.randint(1, LONGEST)))
        typed = edited(random, kept, int((1 - part) * len(kept)) + 1)
        if Levenshtein.distance(kept, typed) > int((1 - part) * max(len(kept), len(typed))):
            continue
        alike += 1
        pieces = {
            (len(kept), place, kept[start : start + size])
            for place, (start, size) in enumerate(_pieces(len(kept), part))
        }
        assert not pieces.isdisjoint(_sought(typed, part)), (kept, typed)
    assert alike > 1000


@pytest.mark.parametrize(
    "one,other",
    [
        ("Acme Oy", "ACME, Ltd."),
        ("Mäkelä & Söner AB", "makela and soner"),
        ("O'Neill Inc.", "ONeill"),
        ("S.A.P. SE", "SAP SE"),
        ("Oy", "oy."),
    ],
)
def test_names_of_companies_are_compared_by_their_words(one, other):
    assert likeness.of_text(one) == likeness.of_text(other) != ""


@pytest.mark.parametrize("other", ["040 123 4567", "+358 (0)40 123 4567", "00358401234567"])
def test_numbers_are_compared_without_their_country(other):
    assert likeness.of_phone(other) == likeness.of_phone("+358401234567")
