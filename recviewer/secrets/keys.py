"""Keys that are known by how they begin.

Of each provider's keys the beginning is public, and what follows is long and random. Sources: the providers' own pages on
keys and their push protection, and keys that were found in public recordings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from recviewer.secrets.kind import Level, SecretKind, is_key, is_mixed


def _key(
    name: str,
    called: str,
    start: str,
    rest: str,
    *hints: str,
    level: Level = Level.RED,
    holds: Callable[[str], bool] = is_key,
) -> SecretKind:
    before = "[A-Za-z0-9_-]" if {"-", "_", "\\"} & set(start) else "[A-Za-z0-9_/+-]"  # no base64 has these
    pattern = rf"(?<!{before})(?P<shown>{start})(?P<secret>{rest})(?![A-Za-z0-9_-])"
    quick = re.compile(rf"(?:{start}){rest}") if start else None
    return SecretKind(name, called, level, hints, re.compile(pattern), holds, quick=quick)


_W = r"[A-Za-z0-9_-]"
_A = r"[A-Za-z0-9]"

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
    _key("google-auth-key", "a Google key", r"AQ\.", r"[\w-]{35,}", "AQ.", holds=is_mixed),
    _key("google-token", "a Google token", r"ya29\.", r"[\w-]{20,}", "ya29."),
    _key("google-client-secret", "a Google client secret", r"GOCSPX-", _W + "{20,}", "GOCSPX-"),
    _key("groq-key", "a Groq key", r"gsk_", _A + "{30,}", "gsk_"),
    _key("hugging-face-token", "a Hugging Face token", r"hf_(?:oauth_)?|api_org_", _A + "{30,}", "hf_", "api_org_"),
    _key("xai-key", "an xAI key", r"xai-(?:token-)?", _A + "{30,}", "xai-"),
    _key("replicate-token", "a Replicate token", r"r8_", _A + "{30,}", "r8_"),
    _key("perplexity-key", "a Perplexity key", r"pplx-", _A + "{30,}", "pplx-"),
    _key("tavily-key", "a Tavily key", r"tvly-(?:dev-|prod-)?", _W + "{20,}", "tvly-"),
    _key("brave-key", "a Brave Search key", r"BSA", _W + "{26,29}", "BSA", holds=is_mixed),
    _key("fireworks-key", "a Fireworks key", r"fw_", _A + "{20,}", "fw_"),
    _key("together-key", "a Together key", r"tgp_v1_", _W + "{30,}", "tgp_v1_"),
    _key("nvidia-key", "an NVIDIA key", r"nvapi-", _W + "{40,}", "nvapi-"),
    _key("cerebras-key", "a Cerebras key", r"csk-", _A + "{30,}", "csk-"),
    _key("pinecone-key", "a Pinecone key", r"pcsk_", r"\w{30,}", "pcsk_"),
    _key("jina-key", "a Jina key", r"jina_", _W + "{30,}", "jina_"),
    _key("langsmith-key", "a LangSmith key", r"lsv2_(?:pt|sk)_", r"\w{30,}", "lsv2_"),
    _key("firecrawl-key", "a Firecrawl key", r"fc-", r"[0-9a-f]{32}", "fc-"),
    _key("e2b-key", "an E2B key", r"e2b_", r"[0-9a-f]{40}", "e2b_"),
    _key("voyage-key", "a Voyage key", r"pa-", _W + "{40,50}", "pa-", holds=is_mixed),
    _key("azure-key", "an Azure key", "", r"[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{10,40}", "JQQJ99", holds=is_mixed),
    _key(
        "bedrock-key", "a key of Amazon Bedrock", r"ABSK|bedrock-api-key-", r"[\w+/]{40,}", "ABSK", "bedrock-api-key-"
    ),
    _key("llama-cloud-key", "a LlamaCloud key", r"llx-", _W + "{40,}", "llx-"),
    _key("elevenlabs-key", "an ElevenLabs key", r"sk_", r"[0-9a-f]{48}", "sk_"),
    _key("runpod-key", "a RunPod key", r"rpa_", r"[A-Z0-9]{40,}", "rpa_"),
    _key("novita-key", "a Novita key", r"sk_", _W + "{43}", "sk_", holds=is_mixed),
    _key("vercel-key", "a key of Vercel's AI gateway", r"vck_", _W + "{40,}", "vck_"),
    _key(
        "vercel-token", "a Vercel token", r"vc[piar]_", _W + "{40,}", *[f"vc{one}_" for one in "piar"], holds=is_mixed
    ),
    _key("logfire-token", "a Logfire token", r"pylf_v\d_[a-z]{2}_", _A + "{30,}", "pylf_"),
    _key("wandb-key", "a key of Weights & Biases", r"wandb_v1_", _A + "{40,}", "wandb_v1_"),
    _key("cloudflare-token", "a Cloudflare token", r"cf(?:k|ut|at)_", _A + "{40,}", "cfk_", "cfut_", "cfat_"),
    _key("supabase-token", "a Supabase token", r"sbp_", r"[0-9a-f]{40}", "sbp_"),
    _key("supabase-key", "a secret key of Supabase", r"sb_secret_", _W + "{20,40}", "sb_secret_"),
    _key("sentry-token", "a Sentry token", r"sntry[su]_", r"[\w=+/-]{40,}", "sntrys_", "sntryu_"),
    _key("realtime-key", "an OpenAI key of a session", r"ek_", _A + "{32,}", "ek_", level=Level.AMBER),
    _key("databricks-token", "a Databricks token", r"dapi", r"[0-9a-f]{32}(?:-\d)?", "dapi"),
    _key(
        "azure-client-secret",
        "a client secret of Azure",
        "",
        r"[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}",
        "Q~",
        holds=is_mixed,
    ),
    _key("figma-token", "a Figma token", r"figd_", _W + "{40,}", "figd_"),
    _key("postman-key", "a Postman key", r"PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-"),
    _key("new-relic-key", "a New Relic key", r"NRAK-", r"[A-Z0-9]{27}", "NRAK-"),
    _key("heroku-key", "a Heroku key", r"HRKU-AA", _W + "{50,}", "HRKU-"),
    _key("mailgun-key", "a Mailgun key", r"key-", r"[0-9a-f]{32}", "key-"),
    _key("planetscale-token", "a token of PlanetScale", r"pscale_(?:tkn|oauth|pw)_", _W + "{32,}", "pscale_"),
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
