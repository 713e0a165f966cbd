"""At every width the words have the room: rows, bars, targets."""

import pytest

WIDTHS = """() => {
  const row = document.querySelector('.row:not([data-again])');
  const wide = (name) => row.querySelector(name).getBoundingClientRect().width;
  const shown = (name) => (row.querySelector(name).checkVisibility() ? wide(name) : 0);
  const beside = shown('.col-chunks') + shown('.col-size') + shown('.col-state');
  return {asked: wide('.asked'), answered: wide('.answered'), beside};
}"""


@pytest.mark.parametrize("width", [1440, 1280, 1100, 768, 390, 320])
def test_words_have_more_room_than_numbers(open_page, width):
    page = open_page(width=width)
    page.goto("/?kind=chat")

    found = page.evaluate(WIDTHS)

    assert found["asked"] + found["answered"] >= found["beside"]
    if width < 1280:
        assert min(found["asked"], found["answered"]) >= found["beside"]
