"""Cases of the rule recorded-error."""

import copy

from tests.smells.building import changed, chat, recorded

LIMITED = chat(error="slow down")
ASKED_WRONG = copy.deepcopy(LIMITED)
ASKED_WRONG["response"]["exception_data"].update(type="BadRequestError", status_code=400)

FIRES = {
    "it may not come again": (recorded(LIMITED), "red"),
    "in the place of an answer": (changed(chat(), ASKED_WRONG), "red"),
    "it may be what the test wants": (recorded(ASKED_WRONG), "amber"),
    "another error than before": (changed(LIMITED, ASKED_WRONG), "amber"),
}
QUIET = {
    "an answer": recorded(chat()),
    "the same error in other words": changed(LIMITED, chat(error="slow down, please")),
    "an error became an answer": changed(LIMITED, chat()),
}
