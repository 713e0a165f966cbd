"""The kinds of secrets that are known by their looks: keys by how they begin, and what stands where a credential stands.

Of each provider's keys the beginning is public, and what follows is long and random. Sources: the providers' own pages on
keys and their push protection, and keys that were found in public recordings.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from recviewer.secrets.live import is_fake, is_made, is_public, variety


class Level(StrEnum):
    """How bad a secret is: red gives access, amber tells who or expires, grey is worth knowing."""

    RED = "red"
    AMBER = "amber"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class SecretKind:
    """One kind of secret. name: also in findings. called: for people, with its article.

    hints: one of them stands in every text that holds such a secret, in small letters where `pattern` ignores case.
    pattern: finds it; its group `secret` is what is masked, and `shown` before it is kept. holds: whether what was found
    could be one. is_masked: whether it is hidden. is_guessable: people choose such secrets, so a mask tells less of them.
    is_in_address: it stands before a host, where brackets would spoil the address. quick: finds something wherever `pattern`
    does, and takes less time where there is nothing to find; None for kinds whose pattern is quick itself. quick_low: the
    same, of the text in small letters.
    """

    name: str
    called: str
    level: Level
    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    holds: Callable[[str], bool] = lambda _: True
    is_masked: bool = True
    is_guessable: bool = False
    is_in_address: bool = False
    quick: re.Pattern[str] | None = None
    quick_low: re.Pattern[str] | None = None


def _is_key(value: str) -> bool:
    return not is_fake(value) and is_made(value)


def _is_mixed(value: str) -> bool:
    """Of keys with a short beginning: both cases of letters and digits."""
    return _is_key(value) and value.lower() != value != value.upper() and not is_public(value)


def _is_basic(value: str) -> bool:
    """Tell whether it is a name and a password in base64."""
    try:
        text = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return False
    name, _, password = text.partition(":")
    return len(password) >= 4 and text.isprintable() and not is_fake(name) and not is_fake(password)


def _is_password(value: str) -> bool:
    return not is_fake(value) and not _ORDINARY.fullmatch(value) and not value.startswith(("$", "{", "%", "<", "["))


_JWT = re.compile(r"(?<![\w-])(?P<shown>eyJ)(?P<secret>[\w-]{8,}\.[\w-]{10,}(?:\.[\w-]*){1,3})")
_DAY = 86_400


def _ends_soon(value: str) -> bool:
    """Tell whether a JSON web token says that it holds for a day at most. value: without how it begins."""
    middle = value.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, RecursionError):
        return False
    made, ends = (claims.get("iat"), claims.get("exp")) if isinstance(claims, dict) else (None, None)
    return isinstance(made, int | float) and isinstance(ends, int | float) and 0 <= ends - made <= _DAY


_ORDINARY = re.compile(r"(?i)pass(?:word|wd)?|secret|admin|root|user|postgres|mysql|guest|pwd|none|null|test|token")


def _key(
    name: str,
    called: str,
    start: str,
    rest: str,
    *hints: str,
    level: Level = Level.RED,
    holds: Callable[[str], bool] = _is_key,
) -> SecretKind:
    before = "[A-Za-z0-9_-]" if {"-", "_", "\\"} & set(start) else "[A-Za-z0-9_/+-]"  # no base64 has these
    pattern = rf"(?<!{before})(?P<shown>{start})(?P<secret>{rest})(?![A-Za-z0-9_-])"
    quick = re.compile(rf"(?:{start}){rest}") if start else None
    return SecretKind(name, called, level, hints, re.compile(pattern), holds, quick=quick)


_W = r"[A-Za-z0-9_-]"
_A = r"[A-Za-z0-9]"
_QUOTED = r"[^\s\"'\\,;&<>{}()]"

PROVIDERS = (
    _key("anthropic-key", "an Anthropic key", r"sk-ant-(?:[a-z0-9]+-)?", _W + "{20,}", "sk-ant-"),
    _key("openrouter-key", "an OpenRouter key", r"sk-or-(?:v1-)?", _A + "{20,}", "sk-or-"),
    _key("openai-key", "an OpenAI key", r"sk-(?:proj|svcacct|admin|None)-", _W + "{20,}", "sk-"),
    _key(
        "sk-key",
        "a key of OpenAI or of another provider",
        r"sk-(?!ant-|or-|(?:proj|svcacct|admin|None)-)",
        _W + "{20,}",
        "sk-",
    ),
    _key("google-key", "a Google key", r"AIza", _W + "{35}", "AIza"),
    _key("google-auth-key", "a Google key", r"AQ\.", r"[\w-]{35,}", "AQ.", holds=_is_mixed),
    _key("google-token", "a Google token", r"ya29\.", r"[\w-]{20,}", "ya29."),
    _key("google-client-secret", "a Google client secret", r"GOCSPX-", _W + "{20,}", "GOCSPX-"),
    _key("groq-key", "a Groq key", r"gsk_", _A + "{30,}", "gsk_"),
    _key("hugging-face-token", "a Hugging Face token", r"hf_|api_org_", _A + "{30,}", "hf_", "api_org_"),
    _key("xai-key", "an xAI key", r"xai-", _A + "{30,}", "xai-"),
    _key("replicate-token", "a Replicate token", r"r8_", _A + "{30,}", "r8_"),
    _key("perplexity-key", "a Perplexity key", r"pplx-", _A + "{30,}", "pplx-"),
    _key("tavily-key", "a Tavily key", r"tvly-(?:dev-|prod-)?", _W + "{20,}", "tvly-"),
    _key("brave-key", "a Brave Search key", r"BSA", _W + "{26,29}", "BSA", holds=_is_mixed),
    _key("fireworks-key", "a Fireworks key", r"fw_", _A + "{20,}", "fw_"),
    _key("together-key", "a Together key", r"tgp_v1_", _W + "{30,}", "tgp_v1_"),
    _key("nvidia-key", "an NVIDIA key", r"nvapi-", _W + "{40,}", "nvapi-"),
    _key("cerebras-key", "a Cerebras key", r"csk-", _A + "{30,}", "csk-"),
    _key("pinecone-key", "a Pinecone key", r"pcsk_", r"\w{30,}", "pcsk_"),
    _key("jina-key", "a Jina key", r"jina_", _W + "{30,}", "jina_"),
    _key("langsmith-key", "a LangSmith key", r"lsv2_(?:pt|sk)_", r"\w{30,}", "lsv2_"),
    _key("firecrawl-key", "a Firecrawl key", r"fc-", r"[0-9a-f]{32}", "fc-"),
    _key("e2b-key", "an E2B key", r"e2b_", r"[0-9a-f]{40}", "e2b_"),
    _key("voyage-key", "a Voyage key", r"pa-", _W + "{40,50}", "pa-", holds=_is_mixed),
    _key("azure-key", "an Azure key", "", r"[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{10,40}", "JQQJ99", holds=_is_mixed),
    _key(
        "bedrock-key", "a key of Amazon Bedrock", r"ABSK|bedrock-api-key-", r"[\w+/]{40,}", "ABSK", "bedrock-api-key-"
    ),
    _key("llama-cloud-key", "a LlamaCloud key", r"llx-", _W + "{40,}", "llx-"),
    _key("elevenlabs-key", "an ElevenLabs key", r"sk_", r"[0-9a-f]{48}", "sk_"),
    _key("runpod-key", "a RunPod key", r"rpa_", r"[A-Z0-9]{40,}", "rpa_"),
    _key("vercel-key", "a key of Vercel's AI gateway", r"vck_", _A + "{40,}", "vck_"),
    _key("logfire-token", "a Logfire token", r"pylf_v\d_[a-z]{2}_", _A + "{30,}", "pylf_"),
    _key("wandb-key", "a key of Weights & Biases", r"wandb_v1_", _A + "{40,}", "wandb_v1_"),
    _key("supabase-token", "a Supabase token", r"sbp_", r"[0-9a-f]{40}", "sbp_"),
    _key("supabase-key", "a secret key of Supabase", r"sb_secret_", _W + "{20,40}", "sb_secret_"),
    _key("sentry-token", "a Sentry token", r"sntry[su]_", r"[\w=+/-]{40,}", "sntrys_", "sntryu_"),
    _key("realtime-key", "an OpenAI key of a session", r"ek_", _A + "{32,}", "ek_", level=Level.AMBER),
    _key("databricks-token", "a Databricks token", r"dapi", r"[0-9a-f]{32}(?:-\d)?", "dapi"),
    _key("aws-key-id", "the id of an AWS key", r"AKIA|ASIA", r"[A-Z0-9]{16}", "AKIA", "ASIA", level=Level.AMBER),
    _key(
        "github-token",
        "a GitHub token",
        r"gh[pousr]_|github_pat_",
        r"\w{30,}",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "ghr_",
        "github_pat_",
    ),
    _key(
        "gitlab-token",
        "a GitLab token",
        r"gl(?:pat|dt|rt|ft|soat|cbt|ptt|agent)-",
        _W + "{20,}",
        "glpat-",
        "gldt-",
        "glrt-",
        "glft-",
        "glsoat-",
        "glcbt-",
        "glptt-",
        "glagent-",
    ),
    _key(
        "slack-token",
        "a Slack token",
        r"xox[abeoprs]-|xapp-",
        _W + "{20,}",
        *[f"xox{one}-" for one in "abeoprs"],
        "xapp-",
    ),
    _key(
        "slack-webhook",
        "the address of a Slack webhook",
        r"hooks\.slack\.com/services/",
        r"T\w+/B\w+/\w{20,}",
        "hooks.slack.com",
    ),
    _key("stripe-key", "a Stripe key", r"[sr]k_live_|whsec_", _A + "{16,}", "k_live_", "whsec_"),
    _key("stripe-test-key", "a Stripe key for tests", r"[sr]k_test_", _A + "{16,}", "k_test_", level=Level.AMBER),
    _key("npm-token", "an npm token", r"npm_", _A + "{36}", "npm_"),
    _key("pypi-token", "a PyPI token", r"pypi-", _W + "{50,}", "pypi-"),
    _key("sendgrid-key", "a SendGrid key", r"SG\.", r"[\w-]{20,24}\.[\w-]{40,}", "SG."),
    _key("digitalocean-token", "a DigitalOcean token", r"do[opr]_v1_", r"[0-9a-f]{64}", "_v1_"),
    _key("docker-token", "a Docker token", r"dckr_(?:pat|oat)_", _W + "{20,}", "dckr_"),
    _key("vault-token", "a Vault token", r"hvs\.", _W + "{24,}", "hvs."),
    _key("notion-token", "a Notion token", r"ntn_", _A + "{40,}", "ntn_"),
    _key("linear-key", "a Linear key", r"lin_api_", _A + "{32,}", "lin_api_"),
    _key("shopify-token", "a Shopify token", r"shp(?:at|ca|pa|ss)_", r"[0-9a-fA-F]{32}", "shp"),
    _key("grafana-token", "a Grafana token", r"glsa_", r"\w{32,}", "glsa_"),
)
"""Keys that are known by how they begin."""

MADE_UP = {
    kind.name: replace(kind, called=f"{kind.called} that is plainly made up", level=Level.GREY) for kind in PROVIDERS
}
"""The same where they say that they are none, by name: still masked, for a true one may do so by chance."""

PLACES = (
    SecretKind(
        "private-key",
        "a private key",
        Level.RED,
        ("PRIVATE KEY",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<secret>(?:(?!-----BEGIN)[\s\S]){40,}?)"
            r"(?=-----END|[\"']|\Z)"
        ),
        lambda value: not is_fake(value) and is_made(re.sub(r"\\n|\s", "", value)),
    ),
    SecretKind(
        "jwt",
        "a JSON web token",
        Level.RED,
        ("eyJ",),
        _JWT,
        lambda value: variety(value) >= 3.5 and not _ends_soon(value),
    ),
    SecretKind(
        "short-jwt",
        "a JSON web token that ends soon",
        Level.AMBER,
        ("eyJ",),
        _JWT,
        lambda value: variety(value) >= 3.5 and _ends_soon(value),
    ),
    SecretKind(
        "basic-auth",
        "a name with a password (Basic)",
        Level.RED,
        ("basic ",),
        re.compile(r"(?i)\bbasic +(?P<secret>[A-Za-z0-9+/]{8,}={0,2})"),
        _is_basic,
        is_guessable=True,
    ),
    SecretKind(
        "bearer-token",
        "a token (Bearer)",
        Level.RED,
        ("bearer ",),
        re.compile(r"(?i)\bbearer +(?P<secret>[A-Za-z0-9+/=_.~:-]{12,})"),
        _is_key,
    ),
    SecretKind(
        "password-in-address",
        "a password in an address",
        Level.RED,
        ("://",),
        re.compile(
            r"(?i)\b[a-z][a-z0-9+.-]*://[^\s:/@\"'?#]*:(?P<secret>[^\s@/\"'?#]{3,})@(?!(?:[\w-]+\.)*example\.(?:com|net|org)\b"
            r"|localhost\b|127\.0\.0\.1)(?=[\w\[])"
        ),
        _is_password,
        is_guessable=True,
        is_in_address=True,
        quick=re.compile(r"://[^\s:/@\"'?#]*:[^\s@/\"'?#]{3}"),
    ),
    SecretKind(
        "account-key",
        "a key of a storage account",
        Level.RED,
        ("accountkey=", "sharedaccesskey="),
        re.compile(r"(?i)(?:Account|SharedAccess)Key=(?P<secret>[A-Za-z0-9+/]{30,}={0,2})"),
        _is_key,
    ),
    SecretKind(
        "aws-secret-key",
        "an AWS secret key",
        Level.RED,
        ("secretkey", "secret_key", "secretaccess", "secret_access"),
        re.compile(
            r"(?i)secret_?(?:access_?)?key[\"'\\]*\s*(?:[:=]|=>)\s*[\"'\\]*(?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])"
        ),
        _is_mixed,
    ),
    SecretKind(
        "signed-address",
        "the signature of an address",
        Level.AMBER,
        ("sig=", "signature=", "security-token="),
        re.compile(
            r"(?i)[?&;](?:X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|sig|signature)=(?P<secret>[A-Za-z0-9%+/=_~.-]{16,})"
        ),
        lambda value: not is_fake(value),
    ),
    SecretKind(
        "key-in-address",
        "a key in an address",
        Level.RED,
        ("key=", "token=", "secret=", "auth="),
        re.compile(
            r"(?i)[?&](?:api[-_]?key|key|subscription-key|access[-_]?token|refresh_token|id_token|token|auth|client_secret)="
            r"(?P<secret>[A-Za-z0-9%+/=_~.-]{16,})"
        ),
        _is_key,
    ),
    SecretKind(
        "cookie",
        "a cookie",
        Level.AMBER,
        ("__cf_bm=", "_cfuvid=", "session", "cookie", "csrftoken="),
        re.compile(
            r"(?i)(?<![\w-])(?:__cf_bm|_cfuvid|__cflb|cf_clearance|[\w-]{0,40}session[\w-]{0,40}|csrftoken|connect\.sid|__Host-[\w-]+|__Secure-[\w-]+)="
            r"(?P<secret>[A-Za-z0-9%+/=_~.:-]{16,})"
        ),
        _is_key,
        quick_low=re.compile(
            r"(?:__cf_bm|_cfuvid|__cflb|cf_clearance|session[\w-]{0,40}|csrftoken|connect\.sid"
            r"|(?<![\w-])__(?:host|secure)-[\w-]+)=[a-z0-9%+/=_~.:-]{16}"
        ),
    ),
    SecretKind(
        "organisation-id",
        "the id of an organisation or project",
        Level.AMBER,
        ("org-", "proj_"),
        re.compile(r"(?<![A-Za-z0-9_-])(?P<shown>org-|proj_)(?P<secret>[A-Za-z0-9]{20,32})(?![A-Za-z0-9_-])"),
        _is_mixed,
        quick=re.compile(r"(?:org-|proj_)[A-Za-z0-9]{20}"),
    ),
    SecretKind(
        "named-secret",
        "a value that is called a key, token or password",
        Level.RED,
        ("key", "token", "secret", "passw", "credential"),
        re.compile(
            r"(?i)(?:api[_-]?key|access[_-]?key|secret(?:[_-]key)?|(?<!page)(?<!continuation)[_-]token|auth[_-]?token"
            r"|(?:access|refresh)token|password|passwd|private[_-]?key|[_-]key)[\"'\\]*\s*(?:[:=]|=>)\s*(?:\[\s*|-\s+)?[\"'\\]*"
            rf"(?P<secret>{_QUOTED}{{16,}})"
        ),
        _is_mixed,
        quick_low=re.compile(
            r"(?:key|token|secret|passwo?r?d)[\"'\\]*\s*(?:[:=]|=>)\s*(?:\[\s*|-\s+)?[\"'\\]*" + _QUOTED + "{16}"
        ),
    ),
    SecretKind(
        "e-mail",
        "an e-mail address",
        Level.GREY,
        ("@",),
        re.compile(
            r"(?<![\w.+/:@-])(?P<secret>(?!git@|no-?reply)[A-Za-z0-9][\w.+-]{0,63}"
            r"@(?!(?:[\w-]+\.)*(?:example|test|invalid|localhost|local)\b)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24})(?![\w-])"
        ),
        is_masked=False,
        quick=re.compile(r"@(?<=[\w.+-]@)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2}"),
    ),
    SecretKind(
        "internal-host",
        "an internal host",
        Level.GREY,
        ("://",),
        re.compile(
            r"(?i)\b(?:https?|wss?|grpcs?)://(?:[^\s/@\"']*@)?(?P<secret>10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}"
            r"|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|[\w.-]+\.(?:internal|intranet|intra|corp|lan|svc|svc\.cluster\.local|local))(?![\w.-])"
        ),
        is_masked=False,
        quick_low=re.compile(
            r"://(?:[^\s/@\"']*@)?(?:1(?:0|92|72)\.|[\w.-]+\.(?:internal|intranet|intra|corp|lan|svc|local))"
        ),
    ),
)
"""What stands where a credential stands."""

KINDS = (*PROVIDERS, *PLACES)
