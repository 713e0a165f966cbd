from recviewer.pages.difference.one_sided import with_pictures
from recviewer.pages.recording.conversation import Turn
from recviewer.pages.recording.parts import ImageView, ResultView
from recviewer.pages.text.folds import Fold

PICTURE = ImageView("?media=m1.0", "", "image/png")


def test_pictures_come_from_the_page_of_the_recording():
    turn = Turn("m1", 1, "user", "", "user", (ResultView("f", "", "", (PICTURE,)),))

    (result,) = with_pictures(turn, "/r/one.json").items
    assert result.items[0].src == "/r/one.json?media=m1.0"
    (result,) = with_pictures(turn, "/b/0123?path=one.json").items
    assert result.items[0].src == "/b/0123?path=one.json&media=m1.0"


def test_pictures_of_a_recording_without_a_page_are_told_only():
    fold = Fold("m1", "user", "", "", "folds/_items.html", (PICTURE,))

    assert with_pictures(fold, "").body[0].src == ""
    assert with_pictures(fold, "").body[0].about == "image/png"
