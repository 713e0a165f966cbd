"""Tokens of services used by agents and their tools, recognized by their form."""

from __future__ import annotations

from recviewer.secrets.keys import key_of
from recviewer.secrets.kind import LatePattern, Level, SecretKind, is_key, is_mixed
from recviewer.secrets.live import is_worn
from recviewer.secrets.platforms import PLATFORMS

_A = r"[A-Za-z0-9]"
_H = r"[0-9a-f]"
_W = r"[A-Za-z0-9_-]"
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"

SERVICES = (
    key_of("composio-key", "a Composio key", r"ak_", _W + "{20}", "ak_", holds=is_mixed),
    key_of("modal-token", "a Modal token", r"as-", _A + "{22}", "as-", holds=is_mixed),
    key_of("browserbase-key", "a Browserbase key", r"bb_live_", _W + "{20,}", "bb_live_"),
    key_of("mem0-key", "a Mem0 key", r"m0-", _A + "{40}", "m0-"),
    key_of("cursor-key", "a Cursor key", r"key_", _H + "{64}", "key_"),
    key_of("friendli-token", "a Friendli token", r"flp_", _A + "{40,}", "flp_"),
    key_of("promptlayer-key", "a PromptLayer key", r"pl_", _H + "{32}", "pl_"),
    key_of("posthog-key", "a personal key of PostHog", r"phx_", _A + "{40,}", "phx_"),
    key_of("fly-token", "a Fly.io token", r"fm[12]r?_", r"[\w+/=-]{60,}", "fm1", "fm2"),
    key_of("render-key", "a Render key", r"rnd_", _A + "{28,}", "rnd_"),
    key_of("netlify-token", "a Netlify token", r"nfp_", _A + "{36,}", "nfp_"),
    key_of("neon-key", "a Neon key", r"napi_", r"[a-z0-9]{50,}", "napi_"),
    key_of("pulumi-token", "a Pulumi token", r"pul-", _H + "{40}", "pul-"),
    key_of("tailscale-key", "a Tailscale key", r"tskey-", _W + "{20,}", "tskey-"),
    key_of(
        "terraform-token",
        "a token of Terraform Cloud",
        "",
        r"[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,70}",
        ".atlasv1.",
        holds=is_worn,
    ),
    key_of("honeycomb-key", "a Honeycomb key", r"hc[a-z]{1,2}[il]k_", r"[a-z0-9]{50,}", "ik_", "lk_"),
    key_of("grafana-cloud-token", "a token of Grafana Cloud", r"glc_", r"eyJ[\w+/=-]{30,}", "glc_"),
    key_of("segment-token", "a Segment token", r"sgp_", _A + "{60,}", "sgp_"),
    key_of("launchdarkly-key", "a LaunchDarkly key", r"(?:sdk|api)-", _UUID, "sdk-", "api-"),
    key_of("mapbox-token", "a secret token of Mapbox", r"sk\.", r"eyJ[\w-]{20,}\.[\w-]{20,}", "sk.eyJ", holds=is_worn),
    key_of("sonar-token", "a SonarQube token", r"sq[apu]_", _H + "{40}", "sqa_", "sqp_", "squ_"),
    key_of("circleci-token", "a CircleCI token", r"CCI(?:PAT|PRJ)_", r"\w{40,}", "CCIP"),
    key_of("buildkite-token", "a Buildkite token", r"bkua_", _H + "{40}", "bkua_"),
    key_of("prefect-key", "a Prefect key", r"pn[ub]_", _A + "{36}", "pnu_", "pnb_"),
    key_of("artifactory-key", "an Artifactory key", r"AKCp", _A + "{55,75}", "AKCp", holds=is_mixed),
    key_of("rubygems-key", "a RubyGems key", r"rubygems_", _H + "{48}", "rubygems_"),
    key_of("bitbucket-token", "a Bitbucket token", r"ATBB", _A + "{32,36}", "ATBB", holds=is_mixed),
    key_of("atlassian-token", "an Atlassian token", r"AT[AC]TT3xFf", r"[\w=-]{60,}", "TT3xFf"),
    key_of("notion-secret", "a Notion token", r"secret_", _A + "{43}", "secret_", holds=is_mixed),
    key_of("linear-oauth", "a Linear token", r"lin_oauth_", _H + "{60,}", "lin_oauth_"),
    key_of("airtable-token", "an Airtable token", r"pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{64}", "pat", holds=is_worn),
    key_of("hubspot-token", "a HubSpot token", r"pat-(?:na|eu)\d-", _UUID, "pat-"),
    key_of("contentful-token", "a Contentful token", r"CFPAT-", _W + "{40,}", "CFPAT-"),
    key_of("readme-key", "a ReadMe key", r"rdme_", r"[a-z0-9]{60,}", "rdme_"),
    key_of("typeform-token", "a Typeform token", r"tfp_", r"[\w.=-]{40,}", "tfp_"),
    key_of("frameio-token", "a Frame.io token", r"fio-u-", _W + "{40,}", "fio-u-"),
    key_of("one-password-token", "a service token of 1Password", r"ops_", r"eyJ[\w-]{80,}", "ops_eyJ"),
    key_of("age-key", "a private key of age", r"AGE-SECRET-KEY-1", r"[A-Z0-9]{40,}", "AGE-SECRET-KEY-"),
    key_of("salesforce-session", "a Salesforce session", r"00D[A-Za-z0-9]{12,15}!", r"[\w.]{60,}", "00D"),
    key_of("resend-key", "a Resend key", r"re_", r"[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,28}", "re_", holds=is_mixed),
    key_of("brevo-key", "a Brevo key", r"xkeysib-", _H + r"{64}-[A-Za-z0-9]{16}", "xkeysib-"),
    key_of(
        "twitter-token",
        "a token of Twitter",
        r"A{15,40}",
        r"[A-Za-z0-9]{20,50}%[23][A-Z0-9]\w{30,}",
        "A" * 15,
        holds=is_worn,
    ),
    key_of("mailchimp-key", "a Mailchimp key", "", r"[0-9a-f]{32}-us\d{1,2}", "-us"),
    key_of("square-token", "a Square or Meta token", r"EAA", _W + "{57,}", "EAA", holds=is_mixed),
    key_of("square-secret", "a Square secret", r"sq0(?:csp|atp)-", _W + "{22,}", "sq0csp-", "sq0atp-"),
    key_of("easypost-key", "an EasyPost key", r"EZAK", _A + "{54}", "EZAK"),
    *PLATFORMS,
    key_of("twilio-key", "the id of a Twilio key", r"SK", _H + "{32}", "SK", level=Level.AMBER),
    key_of(
        "alibaba-key-id", "the id of an Alibaba key", r"LTAI", _A + "{16,26}", "LTAI", level=Level.AMBER, holds=is_mixed
    ),
    key_of(
        "tencent-key-id", "the id of a Tencent key", r"AKID", _A + "{32}", "AKID", level=Level.AMBER, holds=is_mixed
    ),
    SecretKind(
        "telegram-token",
        "a token of a Telegram bot",
        Level.RED,
        (":aa",),
        LatePattern(r"(?<![A-Za-z0-9])(?:bot)?(?P<secret>\d{8,10}:AA[\w-]{33})(?![\w-])"),
        is_key,
        quick=LatePattern(r"\d:AA[\w-]{33}"),
    ),
    SecretKind(
        "discord-token",
        "a token of a Discord bot",
        Level.RED,
        (".g",),
        LatePattern(r"(?<![\w.+/-])(?P<secret>[MNO][\w-]{23,27}\.G[\w-]{5}\.[\w-]{27,40})(?![\w.-])"),
        lambda value: value.lower() != value != value.upper(),
        quick=LatePattern(r"\.G[\w-]{5}\.[\w-]{27}"),
    ),
    SecretKind(
        "webhook",
        "the address of a webhook",
        Level.RED,
        ("webhook", "hooks/catch/", ".make.com/", "/with/key/", "/triggers/"),
        LatePattern(
            r"(?i)(?:discord(?:app)?\.com/api/webhooks/\d{15,21}/|webhook\.office\.com/webhookb2/[\w@-]{70,80}/IncomingWebhook/"
            r"|hooks\.zapier\.com/hooks/catch/\d{4,12}/|hook\.\w{2,4}\.make\.com/(?=\w{30})|maker\.ifttt\.com/\S{1,80}/with/key/"
            r"|hooks\.slack\.com/triggers/T\w{6,12}/\d{8,16}/)(?P<secret>[\w-]{6,90})"
        ),
    ),
    SecretKind(
        "paypal-token",
        "a PayPal token",
        Level.RED,
        ("access_token$production$",),
        LatePattern(r"access_token\$production\$(?P<secret>[a-z0-9]{13,20}\$[0-9a-f]{32})"),
    ),
)
"""Such tokens. A webhook's URL is one, because whoever has it may send."""
