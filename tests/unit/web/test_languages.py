"""A browser's wish for a language is met where the site has it."""

import pytest

from runtime.web.languages import asked_language


@pytest.mark.parametrize(
    "header,language",
    [
        ("", "en"),
        ("fi", "fi"),
        ("fi-FI,fi;q=0.9,en;q=0.8", "fi"),
        ("sv, en;q=0.5, fi;q=0.7", "fi"),
        ("fi;q=0, en", "en"),
        ("sv", "en"),
        ("*", "en"),
        ("fi;q=abc,,;;q=1", "en"),
    ],
)
def test_the_best_language_that_the_site_has_is_taken(header, language):
    assert asked_language(header, ("en", "fi")) == language
