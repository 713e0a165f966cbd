"""Cases of the rule secret."""

from tests.secrets.planting import SECRETS
from tests.smells.building import changed, chat, recorded

_KEY = SECRETS["openai project"][0]
_OTHER = SECRETS["groq"][0]

FIRES = {
    "a key in a question": (recorded(chat(question=f"Is {_KEY} good?")), "red"),
    "a key in an answer": (recorded(chat(answer=f"Use {_KEY} for it.")), "red"),
    "a key came": (changed(chat(answer="Use it."), chat(answer=f"Use {_KEY} for it.")), "red"),
    "another key came": (changed(chat(answer=f"Use {_OTHER}."), chat(answer=f"Use {_KEY}.")), "red"),
    "a signed address": (recorded(chat(answer=SECRETS["signed address"][0])), "amber"),
    "an e-mail address": (recorded(chat(question="Write to ada@lovelace.dev, please.")), "amber"),
    "an internal host": (recorded(chat(question="Ask http://10.1.2.3:8080/v1 and ada@lovelace.dev.")), "amber"),
}
QUIET = {
    "none": recorded(chat()),
    "one that is none": recorded(chat(question="Use sk-test-dummy-key-for-all for it.")),
    "the same stood there before": changed(chat(answer=f"Use {_KEY}."), chat(answer=f"Do use {_KEY}.")),
}
