"""Secrets of many kinds, made up here and put together from pieces, so that no scanner takes this file for a leak."""

import base64
import hashlib
import json
import random
import string
from functools import cache

from recviewer.secrets.texts import find, hidden

_ALNUM = string.ascii_letters + string.digits


def _made(seed: str, length: int, letters: str = _ALNUM) -> str:
    """Return characters that look random, always the same ones for a seed."""
    chosen = random.Random(seed)
    text = "".join(chosen.choice(letters) for _ in range(length - 3))
    return "".join([text, *(chosen.choice(some) for some in _least(letters))])


def _least(letters):
    return [
        "".join(one for one in some if one in letters) or letters
        for some in (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    ]


def _hex(seed: str, length: int) -> str:
    return hashlib.sha512(seed.encode()).hexdigest()[:length]


def _uuid(seed: str) -> str:
    made = _hex(seed, 32)
    return "-".join([made[:8], made[8:12], "4" + made[13:16], "a" + made[17:20], made[20:]])


def _jwt() -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=")
        for one in ({"alg": "HS256", "typ": "JWT"}, {"sub": "8675309", "name": "Ada"})
    ]
    return ".".join([*parts, _made("jwt", 43)])


_PEM = "-----BEGIN " + "RSA PRIVATE " + "KEY-----\n%s\n-----END " + "RSA PRIVATE " + "KEY-----\n"

_UPPER = string.ascii_uppercase + "234567"

# name: (text as it would stand in a message, the part of it that must never be seen)
SECRETS = {
    name: (text, hidden or text)
    for name, text, hidden in (
        ("openai", "sk-" + _made("openai", 48), ""),
        ("openai project", "sk-" + "proj-" + _made("project", 80), ""),
        ("anthropic", "sk-" + "ant-api03-" + _made("anthropic", 93), ""),
        ("openrouter", "sk-" + "or-v1-" + _hex("openrouter", 64), ""),
        ("google", "AI" + "za" + _made("google", 35), ""),
        ("groq", "gsk" + "_" + _made("groq", 52), ""),
        ("hugging face", "hf" + "_" + _made("hf", 34), ""),
        ("xai", "xai" + "-" + _made("xai", 80), ""),
        ("replicate", "r8" + "_" + _made("replicate", 37), ""),
        ("perplexity", "pplx" + "-" + _made("perplexity", 48), ""),
        ("tavily", "tvly" + "-dev-" + _made("tavily", 32), ""),
        ("brave", "BSA" + _made("brave", 27), ""),
        ("fireworks", "fw" + "_" + _made("fireworks", 24), ""),
        ("together", "tgp" + "_v1_" + _made("together", 43), ""),
        ("nvidia", "nvapi" + "-" + _made("nvidia", 64), ""),
        ("azure", _made("azure", 52) + "JQQJ99" + _made("azure2", 12) + "AC" + _made("azure3", 12), ""),
        ("google of 2025", "AQ" + "." + _made("google3", 50), ""),
        ("bedrock", "AB" + "SK" + _made("bedrock", 128), ""),
        ("bedrock of a day", "bedrock-api" + "-key-" + _made("bedrock2", 200), ""),
        ("llama cloud", "llx" + "-" + _made("llx", 48), ""),
        ("elevenlabs", "sk" + "_" + _hex("elevenlabs", 48), ""),
        ("runpod", "rpa" + "_" + _made("runpod", 43, string.ascii_uppercase + string.digits), ""),
        ("vercel", "vck" + "_" + _made("vercel", 56), ""),
        ("logfire", "pylf" + "_v1_us_" + _made("logfire", 43), ""),
        ("wandb", "wandb" + "_v1_" + _made("wandb", 77), ""),
        ("supabase", "sbp" + "_" + _hex("supabase", 40), ""),
        ("supabase key", "sb_" + "secret_" + _made("supabase key", 22, _ALNUM + "_-") + "_" + _made("check", 8), ""),
        ("sentry", "sntrys" + "_" + _made("sentry", 120), ""),
        ("session of openai", "ek" + "_" + _hex("ek", 32), ""),
        ("langfuse", "sk" + "-lf-0b6f6a0e-7b1f-4f5e-9c56-3a1b2c3d4e5f", ""),
        ("deepseek", "sk" + "-" + _hex("deepseek", 32), ""),
        ("aws key id", "AK" + "IA" + _made("aws", 16, _UPPER), ""),
        ("aws secret", "aws_secret_access_key = " + _made("aws2", 40), _made("aws2", 40)),
        ("github", "gh" + "p_" + _made("github", 36), ""),
        ("github fine-grained", "github" + "_pat_" + _made("pat", 22) + "_" + _made("pat2", 59), ""),
        ("gitlab", "gl" + "pat-" + _made("gitlab", 20), ""),
        ("slack", "xox" + "b-2345678901-3456789012-" + _made("slack", 24), ""),
        (
            "slack webhook",
            "https://hooks.slack.com/services/T"
            + _made("t", 8, _UPPER)
            + "/B"
            + _made("b", 8, _UPPER)
            + "/"
            + _made("w", 24),
            _made("w", 24),
        ),
        ("stripe", "sk" + "_live_" + _made("stripe", 24), ""),
        ("npm", "npm" + "_" + _made("npm", 36), ""),
        ("pypi", "pypi" + "-AgEIcHlwaS5vcmc" + _made("pypi", 120), ""),
        ("langsmith", "lsv2" + "_pt_" + _hex("langsmith", 32) + "_" + _hex("ls", 10), ""),
        ("private key", _PEM % "\n".join(_made(f"pem{line}", 64) for line in range(8)), _made("pem3", 64)),
        (
            "basic",
            "Basic " + base64.b64encode(b"ada:" + _made("basic", 14).encode()).decode(),
            base64.b64encode(b"ada:" + _made("basic", 14).encode()).decode(),
        ),
        ("bearer", "Bearer " + _made("bearer", 40), _made("bearer", 40)),
        ("connection string", "postgresql://ada:" + _made("pg", 14) + "@db.acme.example:5432/main", _made("pg", 14)),
        ("jwt", _jwt(), _jwt()),
        (
            "signed address",
            "https://store.acme.example/a.png?X-Amz-Expires=300&X-Amz-Signature=" + _hex("signed", 64),
            _hex("signed", 64),
        ),
        (
            "azure signed address",
            "https://acme.blob.core.windows.net/a?sv=2024-01-01&sig=" + _made("sas", 43) + "%3D",
            _made("sas", 43),
        ),
        ("account key", "AccountName=acme;AccountKey=" + _made("account", 86) + "==", _made("account", 86)),
        ("cookie", "__cf_bm=" + _made("cf", 43) + "-1709033863-1.0; path=/", _made("cf", 43)),
        ("organisation", "org-" + _made("org", 24), ""),
        ("mistral by name", "MISTRAL_API_KEY=" + _made("mistral", 32), _made("mistral", 32)),
        ("cohere by name", '{"cohere_api_key": "' + _made("cohere", 40) + '"}', _made("cohere", 40)),
        ("openai service account", "sk-" + "svcacct-" + _made("svc", 74) + "T3BlbkFJ" + _made("svc2", 74), ""),
        ("openai admin", "sk-" + "admin-" + _made("adm", 58) + "T3BlbkFJ" + _made("adm2", 58), ""),
        ("anthropic admin", "sk-" + "ant-admin01-" + _made("admin", 93) + "AA", ""),
        ("google oauth", "ya29" + ".a0" + _made("ya29", 190), ""),
        ("cerebras", "csk" + "-" + _made("cerebras", 48).lower(), ""),
        ("firecrawl", "fc" + "-" + _hex("firecrawl", 32), ""),
        ("voyage", "pa" + "-" + _made("voyage", 43), ""),
        ("databricks", "dap" + "i" + _hex("databricks", 32), ""),
        ("vault", "hvs" + "." + _made("vault", 90), ""),
        ("novita", "sk" + "_" + _made("novita", 20) + "-" + _made("novita2", 22), ""),
        ("pinecone", "pcsk" + "_" + _made("pine", 6) + "_" + _made("pine2", 63), ""),
        ("jina", "jina" + "_" + _hex("jina", 10) + "-" + _made("jina2", 40), ""),
        ("xai for teams", "xai" + "-token-" + _made("xai2", 70), ""),
        ("hugging face oauth", "hf" + "_oauth_" + _made("oauth", 60), ""),
        ("vercel of a person", "vcp" + "_" + _made("vcp", 8) + "-" + _made("vcp2", 47), ""),
        ("cloudflare", "cf" + "ut_" + _made("cfut", 40) + _hex("cfut", 8), ""),
        ("azure client secret", "aB3" + "8Q~" + _made("entra", 34), ""),
        ("sendgrid", "SG" + "." + _made("sendgrid", 22) + "." + _made("sendgrid2", 43), ""),
        ("gitlab of ci", "gl" + "cbt-64_" + _made("cbt", 20), ""),
        ("digitalocean", "dop" + "_v1_" + _hex("dop", 64), ""),
        ("docker", "dckr" + "_pat_" + _made("docker", 27), ""),
        ("figma", "figd" + "_" + _made("figma", 40), ""),
        ("postman", "PMAK" + "-" + _hex("pmak", 24) + "-" + _hex("pmak2", 34), ""),
        ("new relic", "NRAK" + "-" + _made("nrak", 27, _UPPER), ""),
        ("heroku", "HRKU" + "-AA" + _made("hrku", 58), ""),
        ("mailgun", "key" + "-" + _hex("mailgun", 32), ""),
        ("planetscale", "pscale" + "_tkn_" + _made("pscale", 43), ""),
        ("google client", "GOCSPX" + "-" + _made("gocspx", 28), ""),
        ("e2b", "e2b" + "_" + _hex("e2b", 40), ""),
        ("stripe for tests", "sk" + "_test_" + _made("stripe test", 24), ""),
        ("notion", "ntn" + "_" + _made("notion", 46), ""),
        ("linear", "lin" + "_api_" + _made("linear", 40), ""),
        ("shopify", "shp" + "at_" + _hex("shopify", 32), ""),
        ("grafana", "glsa" + "_" + _made("grafana", 32) + "_" + _hex("grafana", 8), ""),
        ("hex by name", "TOGETHER_API_KEY=" + _hex("together", 64), _hex("together", 64)),
        ("uuid by name", "x-api-key: " + _uuid("exa"), _uuid("exa")),
        ("header in words", "api-key: " + _hex("azure", 32), _hex("azure", 32)),
        ("token by scheme", "Authorization: Token " + _hex("deepgram", 40), _hex("deepgram", 40)),
    )
}
"""Their names; each as a text that holds it, and what of it must never be seen."""


@cache
def masked_alike():
    """Return two passwords with one mask."""
    seen = {}
    for number in range(100_000):
        password = f"Zw{number:07x}qK"
        mask = hidden(address(password), find(address(password)))
        if mask in seen:
            return seen[mask], password
        seen[mask] = password
    raise AssertionError


def address(password):
    return f"postgres://bob:{password}@db.acme.io/x"
