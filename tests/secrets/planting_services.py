"""Tokens of services that agents talk to, and credentials in commands, headers and files; made up, in pieces."""

import base64
import string

from tests.secrets.planting import _ALNUM, _hex, _made, _uuid

_LOW = string.ascii_lowercase + string.digits
_BIG = string.ascii_uppercase + string.digits
_URL = _ALNUM + "-_"


def _packed(text):
    return base64.b64encode(text.encode()).decode()


PLAIN = {
    "telegram": "1355810896:" + "AAH" + _made("tg", 32, _URL),
    "discord": "MTA" + _made("dc", 23) + ".G" + _made("dc2", 5) + "." + _made("dc3", 38),
    "airtable": "pat" + _made("at", 14) + "." + _hex("at", 64),
    "atlassian": "ATA" + "TT3xFfGF0" + _made("atl", 170, _URL) + "=" + _hex("atl", 8).upper(),
    "bitbucket": "AT" + "BB" + _made("bb", 36),
    "notion of before": "secret" + "_" + _made("nt", 43),
    "linear oauth": "lin_" + "oauth_" + _hex("lo", 64),
    "hubspot": "pat-" + "na1-" + _uuid("hub"),
    "contentful": "CF" + "PAT-" + _made("cf", 43),
    "resend": "re" + "_" + _made("re", 8) + "_" + _made("re2", 24),
    "brevo": "xkey" + "sib-" + _hex("br", 64) + "-" + _made("br2", 16),
    "mailchimp": _hex("mc", 32) + "-us" + "21",
    "square": "EA" + "AAl" + _made("sq", 59),
    "meta": "EA" + "A" + _made("fb", 180),
    "square secret": "sq0" + "csp-" + _made("sqs", 43),
    "easypost": "EZ" + "AK" + _made("ez", 54),
    "twilio": "S" + "K" + _hex("tw", 32),
    "alibaba": "LT" + "AI5t" + _made("al", 18),
    "tencent": "AK" + "ID" + _made("tc", 32),
    "twitter": "A" * 21 + _made("tt", 30) + "%3D" + _made("tt2", 45),
    "paypal": "access_token" + "$production$" + _made("pp", 16, _LOW) + "$" + _hex("pp", 32),
    "composio": "ak" + "_" + _made("ak", 20),
    "modal": "as" + "-" + _made("mo", 22),
    "browserbase": "bb_" + "live_" + _made("bbl", 27),
    "mem0": "m0" + "-" + _made("m0", 40),
    "cursor": "key" + "_" + _hex("cu", 64),
    "friendli": "flp" + "_" + _made("fl", 42),
    "promptlayer": "pl" + "_" + _hex("pl", 32),
    "posthog": "phx" + "_" + _made("ph", 47),
    "fly": "fm" + "2_" + _made("fly", 200),
    "render": "rnd" + "_" + _made("rn", 32),
    "netlify": "nfp" + "_" + _made("nf", 36),
    "neon": "napi" + "_" + _made("ne", 64, _LOW),
    "pulumi": "pul" + "-" + _hex("pu", 40),
    "tailscale": "tskey" + "-auth-" + _made("ts", 17) + "-" + _made("ts2", 32),
    "terraform": _made("tf", 14) + ".atlas" + "v1." + _made("tf2", 67),
    "honeycomb": "hca" + "ik_" + _made("hc", 58, _LOW),
    "grafana cloud": "glc" + "_" + _packed('{"o":"123","n":"x","k":"' + _made("gc", 24) + '"}'),
    "segment": "sgp" + "_" + _made("sg", 64),
    "launchdarkly": "sdk" + "-" + _uuid("ld"),
    "mapbox": "sk" + ".eyJ" + _made("mb", 50) + "." + _made("mb2", 22),
    "sonar": "squ" + "_" + _hex("so", 40),
    "circleci": "CCI" + "PAT_" + _made("ci", 22) + "_" + _hex("ci", 40),
    "buildkite": "bk" + "ua_" + _hex("bk", 40),
    "prefect": "pn" + "u_" + _made("pf", 36),
    "artifactory": "AK" + "Cp8" + _made("af", 68),
    "rubygems": "ruby" + "gems_" + _hex("rg", 48),
    "readme": "rd" + "me_" + _made("rm", 70, _LOW),
    "typeform": "tf" + "p_" + _made("ty", 44) + "_" + _made("ty2", 14),
    "frameio": "fio" + "-u-" + _made("fi", 64),
    "one password": "ops" + "_eyJ" + _made("op", 250),
    "age": "AGE-SECRET" + "-KEY-1" + _made("age", 58, _BIG),
    "salesforce": "00D" + _made("sf", 12) + "!AQ" + _made("sf2", 94),
    "gitlab with a check": "gl" + "pat-" + _made("gl", 37) + ".01." + _made("gl2", 9, _LOW),
    "gitlab feed": "gl" + "ffct-" + _made("glf", 20),
    "gitlab runner": "gl" + "rtr-" + _made("glr", 20),
    "google token of a machine": "ya29" + ".c.c0A" + _made("gt", 200),
}
"""Such that are known by their looks alone."""

HELD = {
    "telegram address": ("https://api.telegram.org/bot{}/sendMessage", PLAIN["telegram"]),
    "discord webhook": ("https://discord.com/api/webhooks/9476861405565949257/{}", _made("dw", 68)),
    "teams webhook": (
        f"https://acme.webhook.office.com/webhookb2/{_uuid('a')}@{_uuid('b')}/IncomingWebhook/{{}}/{_uuid('c')}",
        _hex("tw", 32),
    ),
    "address with a token": ("https://{}@github.com/acme/x.git", _hex("gh", 40)),
    "address for errors": ("https://{}@o123456.ingest.us.sentry.io/4506", _hex("dsn", 32)),
    "key behind its scheme": ("Authorization: Api-Key {}", _made("bt", 8) + "." + _made("bt2", 32)),
    "token behind its name": ("Authorization: Token token={}", _made("pd", 20)),
    "okta": ("Authorization: SSWS {}", "00" + _made("ok", 40)),
    "signature of AWS": (
        "AWS4-HMAC-SHA256 Credential=x/20251130/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, Signature={}",
        _hex("v4", 64),
    ),
    "key in two parts": ("FAL_KEY={}", _uuid("fal") + ":" + _hex("fal", 32)),
    "key with a capital": ("curl -H 'X-Api-Key: {}' https://api.acme.io", _made("xk", 32)),
    "key of JSON": ('{{"SecretAccessKey": "{}"}}', _made("sak", 40)),
    "variable in JSON": ('{{"env": {{"GITHUB_PERSONAL_ACCESS_TOKEN": "{}"}}}}', _hex("env", 40)),
    "uuid of a variable": ("SNYK_TOKEN={}", _uuid("sn")),
    "uuid of a header": ("X-Postmark-Server-Token: {}", _uuid("pm")),
    "token in small letters": ("MATTERMOST_TOKEN={}", _made("mm", 26, _LOW)),
    "password in JSON": ('{{"user": "ada", "password": "{}"}}', "T7k!" + _made("pw", 8)),
    "password of ODBC": ("Server=db;Database=x;User Id=sa;Password={};Encrypt=yes", _made("od", 14)),
    "password of a command": ("curl -u ada:{} https://api.acme.io", _made("cu", 16)),
    "password of netrc": ("machine api.acme.io login ada password {}", _made("nrc", 14)),
    "password of npm": ("_auth={}", _packed("ada:" + _made("npm", 14))),
    "secret of Kubernetes": ("data:\n  password: {}\n", _packed(_made("k8", 18))),
    "key of Kubernetes": (
        "user:\n  client-key-data: {}\n",
        _packed("-----BEGIN RSA PRIVATE " + "KEY-----\n" + _made("kk", 300)),
    ),
    "cookie of Cloudflare": (
        "set-cookie: __cf_bm={}; path=/",
        _made("cfb", 43) + "-1764500000-1.0.1.1-" + _made("c", 90),
    ),
    "cookie of PHP": ("Cookie: PHPSESSID={}", _made("php", 26, _LOW)),
    "cookie of Java": ("Set-Cookie: JSESSIONID={}; HttpOnly", _hex("js", 32).upper()),
    "cookie of Express": ("connect.sid=s%3A{}", _made("ex", 32) + "." + _made("ex2", 32)),
}
"""Such that what stands around them tells: where, and what is to be masked."""

SERVICES = {name: (text, text) for name, text in PLAIN.items()} | {
    name: (around.format(secret), secret) for name, (around, secret) in HELD.items()
}
"""Their names; each as a text that holds it, and what of it must never be seen."""
