"""API keys that are recognized by their prefix.

The prefix of a provider's keys is public; what follows is long and random. Sources: the providers' own pages on keys
and push protection, and keys found in public recordings.
"""

from __future__ import annotations

from collections.abc import Callable

from recviewer.secrets.kind import LatePattern, Level, SecretKind, is_key, is_mixed
from recviewer.secrets.live import is_worn


def key_of(
    name: str,
    called: str,
    start: str,
    rest: str,
    *hints: str,
    level: Level = Level.RED,
    holds: Callable[[str], bool] = is_key,
) -> SecretKind:
    """Return a kind of keys recognized by a prefix. start: the public prefix. rest: what is masked."""
    before = "[A-Za-z0-9_-]" if {"-", "_", "\\"} & set(start) else "[A-Za-z0-9_/+-]"  # base64 contains none of these
    pattern = rf"(?<!{before})(?P<shown>{start})(?P<secret>{rest})(?![A-Za-z0-9_-])"
    quick = LatePattern(rf"(?:{start}){rest}") if start else None
    return SecretKind(name, called, level, hints, LatePattern(pattern), holds, quick=quick)


_W = r"[A-Za-z0-9_-]"
_A = r"[A-Za-z0-9]"

PROVIDERS = (
    key_of("anthropic-key", "an Anthropic key", r"sk-ant-(?:[a-z0-9]+-)?", _W + "{20,}", "sk-ant-"),
    key_of("openrouter-key", "an OpenRouter key", r"sk-or-(?:v1-)?", _A + "{20,}", "sk-or-"),
    key_of("openai-key", "an OpenAI key", r"sk-(?:proj|svcacct|admin|None)-", _W + "{20,}", "sk-"),
    key_of(
        "sk-key",
        "a key of OpenAI or of another provider",
        r"sk-(?!ant-|or-|(?:proj|svcacct|admin|None)-)",
        _W + "{20,}",
        "sk-",
    ),
    key_of("google-key", "a Google key", r"AIza", _W + "{35}", "AIza"),
    key_of("google-auth-key", "a Google key", r"AQ\.", r"[\w-]{35,}", "AQ.", holds=is_mixed),
    key_of("google-token", "a Google token", r"ya29\.", r"[\w.-]{20,}", "ya29."),
    key_of("google-client-secret", "a Google client secret", r"GOCSPX-", _W + "{20,}", "GOCSPX-"),
    key_of("groq-key", "a Groq key", r"gsk_", _A + "{30,}", "gsk_"),
    key_of("hugging-face-token", "a Hugging Face token", r"hf_(?:oauth_)?|api_org_", _A + "{30,}", "hf_", "api_org_"),
    key_of("xai-key", "an xAI key", r"xai-(?:token-)?", _A + "{30,}", "xai-"),
    key_of("replicate-token", "a Replicate token", r"r8_", _A + "{30,}", "r8_"),
    key_of("perplexity-key", "a Perplexity key", r"pplx-", _A + "{30,}", "pplx-"),
    key_of("tavily-key", "a Tavily key", r"tvly-(?:dev-|prod-)?", _W + "{20,}", "tvly-"),
    key_of("brave-key", "a Brave Search key", r"BSA", _W + "{26,29}", "BSA", holds=is_mixed),
    key_of("fireworks-key", "a Fireworks key", r"fw_", _A + "{20,}", "fw_"),
    key_of("together-key", "a Together key", r"tgp_v1_", _W + "{30,}", "tgp_v1_"),
    key_of("nvidia-key", "an NVIDIA key", r"nvapi-", _W + "{40,}", "nvapi-"),
    key_of("cerebras-key", "a Cerebras key", r"csk-", _A + "{30,}", "csk-"),
    key_of("pinecone-key", "a Pinecone key", r"pcsk_", r"\w{30,}", "pcsk_"),
    key_of("jina-key", "a Jina key", r"jina_", _W + "{30,}", "jina_"),
    key_of("langsmith-key", "a LangSmith key", r"lsv2_(?:pt|sk)_", r"\w{30,}", "lsv2_"),
    key_of("firecrawl-key", "a Firecrawl key", r"fc-", r"[0-9a-f]{32}", "fc-"),
    key_of("e2b-key", "an E2B key", r"e2b_", r"[0-9a-f]{40}", "e2b_"),
    key_of("voyage-key", "a Voyage key", r"pa-", _W + "{40,50}", "pa-", holds=is_mixed),
    key_of("azure-key", "an Azure key", "", r"[A-Za-z0-9]{40,60}JQQJ99[A-Za-z0-9]{10,40}", "JQQJ99", holds=is_mixed),
    key_of(
        "bedrock-key", "a key of Amazon Bedrock", r"ABSK|bedrock-api-key-", r"[\w+/]{40,}", "ABSK", "bedrock-api-key-"
    ),
    key_of("llama-cloud-key", "a LlamaCloud key", r"llx-", _W + "{40,}", "llx-"),
    key_of("elevenlabs-key", "an ElevenLabs key", r"sk_", r"[0-9a-f]{48}", "sk_"),
    key_of("runpod-key", "a RunPod key", r"rpa_", r"[A-Z0-9]{40,}", "rpa_"),
    key_of("novita-key", "a Novita key", r"sk_", _W + "{43}", "sk_", holds=is_mixed),
    key_of("vercel-key", "a key of Vercel's AI gateway", r"vck_", _W + "{40,}", "vck_"),
    key_of(
        "vercel-token", "a Vercel token", r"vc[piar]_", _W + "{40,}", *[f"vc{one}_" for one in "piar"], holds=is_mixed
    ),
    key_of("logfire-token", "a Logfire token", r"pylf_v\d_[a-z]{2}_", _A + "{30,}", "pylf_"),
    key_of("wandb-key", "a key of Weights & Biases", r"wandb_v1_", _A + "{40,}", "wandb_v1_"),
    key_of("cloudflare-token", "a Cloudflare token", r"cf(?:k|ut|at)_", _A + "{40,}", "cfk_", "cfut_", "cfat_"),
    key_of("supabase-token", "a Supabase token", r"sbp_", r"[0-9a-f]{40}", "sbp_"),
    key_of("supabase-key", "a secret key of Supabase", r"sb_secret_", _W + "{20,40}", "sb_secret_"),
    key_of("sentry-token", "a Sentry token", r"sntry[su]_", r"[\w=+/-]{40,}", "sntrys_", "sntryu_"),
    key_of("realtime-key", "an OpenAI key of a session", r"ek_", _A + "{32,}", "ek_", level=Level.AMBER),
    key_of("databricks-token", "a Databricks token", r"dapi", r"[0-9a-f]{32}(?:-\d)?", "dapi"),
    key_of(
        "azure-client-secret",
        "a client secret of Azure",
        "",
        r"[A-Za-z0-9_~.]{3}\dQ~[\w~.-]{31,34}",
        "Q~",
        holds=is_mixed,
    ),
    key_of("figma-token", "a Figma token", r"figd_", _W + "{40,}", "figd_"),
    key_of("postman-key", "a Postman key", r"PMAK-", r"[0-9a-f]{24}-[0-9a-f]{34}", "PMAK-"),
    key_of("new-relic-key", "a New Relic key", r"NRAK-", r"[A-Z0-9]{27}", "NRAK-"),
    key_of("heroku-key", "a Heroku key", r"HRKU-AA", _W + "{50,}", "HRKU-"),
    key_of("mailgun-key", "a Mailgun key", r"key-", r"[0-9a-f]{32}", "key-"),
    key_of("planetscale-token", "a token of PlanetScale", r"pscale_(?:tkn|oauth|pw)_", _W + "{32,}", "pscale_"),
    key_of("aws-key-id", "the id of an AWS key", r"AKIA|ASIA", r"[A-Z0-9]{16}", "AKIA", "ASIA", level=Level.AMBER),
    key_of(
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
    key_of(
        "gitlab-token",
        "a GitLab token",
        r"gl(?:pat|dt|rt|rtr|ft|ffct|imt|oas|wt|soat|cbt|ptt|agent)-",
        r"[\w-]{20,}(?:\.[\w-]{2,20}){0,2}",
        "glpat-",
        *[f"gl{one}-" for one in ("dt", "rt", "rtr", "ft", "ffct", "imt", "oas", "wt", "soat", "cbt", "ptt", "agent")],
        holds=is_worn,
    ),
    key_of(
        "slack-token",
        "a Slack token",
        r"xox[abdeoprs]-|xapp-",
        _W + "{20,}",
        *[f"xox{one}-" for one in "abdeoprs"],
        "xapp-",
    ),
    key_of(
        "slack-webhook",
        "the address of a Slack webhook",
        r"hooks\.slack\.com/services/",
        r"T\w+/B\w+/\w{20,}",
        "hooks.slack.com",
    ),
    key_of("stripe-key", "a Stripe key", r"[sr]k_live_|whsec_", _A + "{16,}", "k_live_", "whsec_"),
    key_of("stripe-test-key", "a Stripe key for tests", r"[sr]k_test_", _A + "{16,}", "k_test_", level=Level.AMBER),
    key_of("npm-token", "an npm token", r"npm_", _A + "{36}", "npm_"),
    key_of("pypi-token", "a PyPI token", r"pypi-", _W + "{50,}", "pypi-"),
    key_of("sendgrid-key", "a SendGrid key", r"SG\.", r"[\w-]{20,24}\.[\w-]{40,}", "SG."),
    key_of("digitalocean-token", "a DigitalOcean token", r"do[opr]_v1_", r"[0-9a-f]{64}", "_v1_"),
    key_of("docker-token", "a Docker token", r"dckr_(?:pat|oat)_", _W + "{20,}", "dckr_"),
    key_of("vault-token", "a Vault token", r"hvs\.", _W + "{24,}", "hvs."),
    key_of("notion-token", "a Notion token", r"ntn_", _A + "{40,}", "ntn_"),
    key_of("linear-key", "a Linear key", r"lin_api_", _A + "{32,}", "lin_api_"),
    key_of("shopify-token", "a Shopify token", r"shp(?:at|ca|pa|ss)_", r"[0-9a-fA-F]{32}", "shp"),
    key_of("grafana-token", "a Grafana token", r"glsa_", r"\w{32,}", "glsa_"),
)
"""Keys that are recognized by their prefix."""
