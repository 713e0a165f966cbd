"""Whether there may be a secret in some bytes: asked of every file, so that only those with a reason are looked at closely.

Each pattern begins with one sign, which is quickly looked for; what stands around it is asked about only there.
"""

from __future__ import annotations

import re

_VALUE = rb'\\{0,7}": ?\\{0,7}"[^"\\ ]'

_SIGNS = (
    (
        b"",
        rb'-(?<![0-9 ["]-)(?=[\w-]{12})(?:'
        rb"(?<=[^A-Za-z0-9]sk-)|(?<=\\[nrt]sk-)|(?<=pplx-)|(?<=tvly-)|(?<=xai-)|(?<=pat-)|(?<=gl[a-z][a-z]-)|(?<=glsoat-)"
        rb"|(?<=agent-)|(?<=pypi-)|(?<=xox[a-z]-)|(?<=xapp-)|(?<=nvapi-)|(?<=SPX-)|(?<=org-)(?=\w{20}))",
    ),
    (
        b"",
        rb"_(?=[A-Za-z0-9]{14})(?:(?<=gsk_)|(?<=hf_)|(?<=org_)|(?<=r8_)|(?<=fw_)|(?<=_v1_)|(?<=pcsk_)|(?<=jina_)|(?<=v2_[ps][tk]_)"
        rb"|(?<=e2b_)|(?<=gh[pousr]_)|(?<=_pat_)|(?<=_oat_)|(?<=_live_)|(?<=_test_)|(?<=whsec_)|(?<=npm_)|(?<=ntn_)|(?<=_api_)"
        rb"|(?<=shp[a-z][a-z]_)|(?<=glsa_)|(?<=proj_))|_secret" + _VALUE + rb"{12}",
    ),
    (b"", rb"A(?:Iza[\w-]{30}|[KS]IA[A-Z0-9]{16})"),
    (
        b"",
        rb"B(?:(?<![\w+/-]B)SA[\w-]{26}|earer +[\w+/=.~:-]{12}|asic +\w(?=[a-z]*[A-Z0-9+/=])[\w+/=]{7}"
        rb"|(?<=/B)[A-Z0-9]{8,11}/[A-Za-z0-9]{20,40}(?![\w/+]))",
    ),
    (b"J", rb"J(?:(?:(?<=[^\w+/-]eyJ)|(?<=\\[nrt]eyJ))[\w-]{8,2000}\.|QQJ99)"),
    (b"K", rb"K(?:EY" + _VALUE + rb"{12}|(?<=TE K)EY(?: BLOCK)?-----)"),
    (b"@", rb"@(?<=[\w.+*!#$%^&;,-]@)(?=[\w-]+\.[A-Za-z0-9]|[\w-]+[:/]|\[)"),
    (
        b"",
        rb"=(?=[ \\\"']{0,4}[^\s\"'&\\]{12})(?=[ \\\"']{0,4}[^\s\"'&\\]{0,60}\d)(?:(?<=[eE][yY]=)|(?<=[eE][nN]=)"
        rb"|(?<=[eE][tT]=)"
        rb"|(?<=[rR][dD]=)|(?<=[sS]ig=)|(?<=ature=)|(?<=auth=)|(?<=wd=)|(?<=_bm=)|(?<=uvid=)|(?<=flb=)|(?<=ance=)|(?<=ession=)"
        rb"|(?<=id=)|(?<=[kK][eE][yY] =)|(?<=[kK][eE][nN] =)|(?<=[rR][eE][tT] =)|(?<=[oO][rR][dD] =))",
    ),
    (b"", rb"k(?<!cache_k)(?:ey|en|ie)" + _VALUE + rb"{12}"),
    (b"", rb"w(?:or)?d" + _VALUE + rb"{6}"),
    (b"uthorization", rb"uthorization" + _VALUE + rb"{12}"),
    (b"ecret", rb"ecret" + _VALUE + rb"{12}"),
    (b"SG.", rb"SG\.[\w-]{20,24}\."),
    (b"ya29.", rb"ya29\.[\w-]{20}"),
)
_SEARCHES = tuple([(needle, re.compile(sign).search) for needle, sign in _SIGNS])


def suspects(data: bytes) -> bool:
    """Tell whether a text may hold a secret. False is certain, but for what no sign in it tells."""
    for needle, search in _SEARCHES:  # noqa: SIM110 - asked of every file
        if needle in data and search(data):
            return True
    return False
