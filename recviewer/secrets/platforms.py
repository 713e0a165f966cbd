"""Keys of platforms: where models and programs run, where data is kept, and where work and money are managed.

Sources: the platforms' own pages on keys, and the lists of GitHub's and GitLab's push protection.
"""

from __future__ import annotations

from recviewer.secrets.keys import key_of
from recviewer.secrets.kind import Level, is_mixed
from recviewer.secrets.live import is_worn

_A = r"[A-Za-z0-9]"
_H = r"[0-9a-f]"
_W = r"[A-Za-z0-9_-]"
_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"

PLATFORMS = (
    key_of("google-refresh-token", "a refresh token of Google", r"1//0", _W + "{38,}", "1//0"),
    key_of("google-code", "a code that signs in at Google", r"4/0A", _W + "{50,}", "4/0A", level=Level.AMBER),
    key_of("openai-session", "a session of OpenAI", r"sess-", _A + "{40}", "sess-", level=Level.AMBER, holds=is_mixed),
    key_of("baidu-key", "a Baidu key", r"bce-v3/ALTAK-", r"[A-Za-z0-9]{21}/[0-9a-f]{40}", "ALTAK-"),
    key_of("upstage-key", "an Upstage key", r"up_", _A + "{29}", "up_", holds=is_mixed),
    key_of("featherless-key", "a Featherless key", r"rc_", _H + "{64}", "rc_"),
    key_of(
        "chutes-key", "a Chutes key", r"cpk_", r"[0-9a-f]{32}\.[0-9a-f]{32}\.[A-Za-z0-9]{32}", "cpk_", holds=is_worn
    ),
    key_of("requesty-key", "a Requesty key", r"rqsty-sk-", r"[\w+/=-]{40,}", "rqsty-"),
    key_of("nomic-key", "a Nomic key", r"nk-", _W + "{43}", "nk-", holds=is_mixed),
    key_of("humanloop-key", "a Humanloop key", r"hl_sk_", _H + "{48}", "hl_sk_"),
    key_of("you-key", "a key of You.com", r"ydc-sk-", _W + "{30,}", "ydc-sk-"),
    key_of("cartesia-key", "a Cartesia key", r"sk_car_", _A + "{22,}", "sk_car_", holds=is_mixed),
    key_of("anyscale-key", "an Anyscale key", r"esecret_", r"[a-z0-9]{26,}", "esecret_"),
    key_of("yandex-key", "a Yandex key", r"AQVN", _W + "{35,38}", "AQVN", holds=is_mixed),
    key_of("yandex-token", "a Yandex token", r"y0_", _W + "{55,}", "y0_", holds=is_mixed),
    key_of("apify-token", "an Apify token", r"apify_api_", _A + "{36,}", "apify_api_"),
    key_of("daytona-key", "a Daytona key", r"dtn_", _H + "{64}", "dtn_"),
    key_of("sourcegraph-token", "a Sourcegraph token", r"sgp_(?:local_|[0-9a-f]{16}_)?", _H + "{40}", "sgp_"),
    key_of("statsig-key", "a Statsig key", r"secret-", _A + "{40,}", "secret-", holds=is_mixed),
    key_of(
        "doppler-token", "a Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.", r"[\w.-]{40,60}", "dp.", holds=is_worn
    ),
    key_of("dropbox-token", "a Dropbox token", r"sl\.(?:u\.)?", _W + "{60,}", "sl.", holds=is_mixed),
    key_of(
        "dynatrace-token", "a Dynatrace token", r"dt0[a-z]\d\d\.", r"[A-Z0-9]{24}\.[A-Z0-9]{64}", "dt0", holds=is_worn
    ),
    key_of("mailersend-token", "a MailerSend token", r"mlsn\.", _H + "{64}", "mlsn."),
    key_of("asana-token", "an Asana token", r"\d/\d{14,18}(?:/\d{14,18})?:", _H + "{32}", "/1"),
    key_of("clojars-token", "a Clojars token", r"CLOJARS_", r"[0-9a-f]{60}", "CLOJARS_"),
    key_of("adobe-secret", "a client secret of Adobe", r"p8e-", _W + "{32}", "p8e-", holds=is_mixed),
    key_of("infracost-key", "an Infracost key", r"ico-", _A + "{32}", "ico-", holds=is_mixed),
    key_of("openshift-token", "an OpenShift token", r"sha256~", _W + "{43}", "sha256~", holds=is_mixed),
    key_of("swarm-token", "a token of a Docker swarm", r"SWMTKN-1-", r"[a-z0-9]{50}-[a-z0-9]{25}", "SWMTKN-"),
    key_of("gitlab-registration", "a token that registers runners of GitLab", r"GR1348941", _W + "{20}", "GR1348941"),
    key_of("grafana-key", "a Grafana key", r"eyJrIjoi", r"[\w+/]{40,}={0,2}", "eyJrIjoi"),
    key_of("vault-batch-token", "a Vault token", r"hv[br]\.", _W + "{24,}", "hvb.", "hvr."),
    key_of(
        "azure-devops-token",
        "a token of Azure DevOps",
        "",
        r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
        "AZDO",
        holds=is_mixed,
    ),
    key_of(
        "azure-search-key",
        "a key of Azure Search",
        "",
        r"[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}",
        "AzSe",
        holds=is_mixed,
    ),
    key_of(
        "azure-function-key", "a key of Azure Functions", "", r"[\w-]{44}AzFu[\w-]{5}[AQgw]==", "AzFu", holds=is_mixed
    ),
    key_of(
        "aws-session-token",
        "a token of a session of AWS",
        r"IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz",
        r"[A-Za-z0-9+/=]{100,}",
        "IQoJb3JpZ2lu",
        "oGZXIvYXdz",
        level=Level.AMBER,
    ),
    key_of(
        "firebase-key", "a key of Firebase's messages", "", r"AAAA[\w-]{7}:APA91b[\w-]{130,}", ":APA91b", holds=is_worn
    ),
    key_of("deno-token", "a Deno token", r"ddp_", _A + "{36,40}", "ddp_", holds=is_mixed),
    key_of("xata-key", "a Xata key", r"xau_", _A + "{30,}", "xau_", holds=is_mixed),
    key_of("cockroach-key", "a key of CockroachDB", r"CCDB1_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{40}", "CCDB1_"),
    key_of("mongodb-secret", "a secret of MongoDB Atlas", r"mdb_sa_sk_", _W + "{40}", "mdb_sa_sk_"),
    key_of("cal-key", "a key of Cal.com", r"cal_live_", _H + "{32}", "cal_live_"),
    key_of("clickup-token", "a ClickUp token", r"pk_\d{6,9}_", r"[A-Z0-9]{32}", "pk_"),
    key_of("trello-token", "a Trello token", r"ATTA", r"[0-9a-fA-F]{72}", "ATTA"),
    key_of("woo-secret", "a secret of WooCommerce", r"cs_", _H + "{40}", "cs_"),
    key_of("plaid-token", "a Plaid token", r"access-(?:sandbox|development|production)-", _UUID, "access-"),
    key_of("duffel-token", "a Duffel token", r"duffel_(?:test|live)_", r"[\w=-]{43}", "duffel_"),
    key_of("shippo-token", "a Shippo token", r"shippo_(?:live|test)_", _H + "{40}", "shippo_"),
    key_of("flutterwave-secret", "a Flutterwave secret", r"FLWSECK(?:_TEST)?-", r"[0-9a-fA-F]{12,32}-X", "FLWSECK"),
)
"""Such keys, by how they begin or what stands in the middle of them."""
