"""Cases of the rule secret."""

import base64
import json

from tests.secrets.planting import SECRETS, address, masked_alike
from tests.smells.building import changed, chat, recorded

_KEY = SECRETS["openai project"][0]
_OTHER = SECRETS["groq"][0]


def web_token(made, ends):
    """Return a web token that says when it was made, and when it ends."""
    parts = ({"alg": "RS256", "typ": "JWT"}, {"sub": "ada", "iat": made, "exp": ends})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, "Zm9vYmFyLXNpZ25hdHVyZS1vZi1hLXRlc3QtMTIzNDU2Nzg5"])


FIRES = {
    "a key in a question": (recorded(chat(question=f"Is {_KEY} good?")), "red"),
    "a key in an answer": (recorded(chat(answer=f"Use {_KEY} for it.")), "red"),
    "a key came": (changed(chat(answer="Use it."), chat(answer=f"Use {_KEY} for it.")), "red"),
    "another key came": (changed(chat(answer=f"Use {_OTHER}."), chat(answer=f"Use {_KEY}.")), "red"),
    "another password came that is masked alike": (
        changed(*[chat(answer=address(one)) for one in masked_alike()]),
        "red",
    ),
    "a key in the name of a file": (recorded(chat(), f"tests/integration/recordings/{_OTHER}.json"), "red"),
    "a signed address": (recorded(chat(answer=SECRETS["signed address"][0])), "amber"),
    "an e-mail address": (recorded(chat(question="Write to ada@lovelace.dev, please.")), "grey"),
    "an internal host": (recorded(chat(question="Ask http://10.1.2.3:8080/v1 and ada@lovelace.dev.")), "grey"),
    "a web token of an hour": (recorded(chat(answer=web_token(1_700_000_000, 1_700_003_600))), "amber"),
    "a web token of a year": (recorded(chat(answer=web_token(1_700_000_000, 1_731_536_000))), "red"),
    "a web token without an end": (recorded(chat(answer=web_token(1_700_000_000, None))), "red"),
    "a key that is plainly made up": (recorded(chat(answer=f"Use AKIA{'IOSFODNN7' + 'EXAMPLE'}.")), "grey"),
}
QUIET = {
    "none": recorded(chat()),
    "one that is none": recorded(chat(question="Use sk-test-dummy-key-for-all for it.")),
    "the same stood there before": changed(chat(answer=f"Use {_KEY}."), chat(answer=f"Do use {_KEY}.")),
}
