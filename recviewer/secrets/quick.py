"""Whether there may be a secret in some bytes: asked of every file, so that only those with a reason are looked at closely.

Each pattern begins with one character, the rarest of its sign, which is quickly looked for; what stands around it is asked
about only there. Many files do not have it at all.
"""

from __future__ import annotations

import re

_VALUE = rb'\\{0,7}": ?\\{0,7}"[^"\\ ]'

_SIGNS = (
    (
        b"-",
        rb"-(?:(?<=[a-z][a-z]-)(?<!cmpl-)|(?<=PX-))(?=[\w-]{12})(?:"
        rb"(?<=[^A-Za-z0-9]sk-)|(?<=\\[nrt]sk-)|(?<=pplx-)|(?<=tvly-)|(?<=xai-)|(?<=pat-)|(?<=gl[a-z][a-z]-)|(?<=glsoat-)"
        rb"|(?<=agent-)|(?<=api-key-)|(?<=llx-)|(?<=pypi-)|(?<=xox[a-z]-)|(?<=xapp-)|(?<=nvapi-)|(?<=SPX-)|(?<=org-)(?=\w{20}))",
    ),
    (
        b"_",
        rb"_(?=[A-Za-z0-9]{14})(?:(?<=gsk_)|(?<=hf_)|(?<=org_)|(?<=r8_)|(?<=fw_)|(?<=_v1_)|(?<=pcsk_)|(?<=jina_)|(?<=v2_[ps][tk]_)"
        rb"|(?<=e2b_)|(?<=gh[pousr]_)|(?<=_pat_)|(?<=_oat_)|(?<=_live_)|(?<=_test_)|(?<=whsec_)|(?<=npm_)|(?<=ntn_)|(?<=_api_)"
        rb"|(?<=shp[a-z][a-z]_)|(?<=glsa_)|(?<=proj_)|(?<=[^a-z]sk_)(?=[0-9a-f]{48})|(?<=rpa_)|(?<=vck_)|(?<=_v\d_[a-z][a-z]_)"
        rb"|(?<=sbp_)|(?<=sntry[su]_)|(?<=[^a-z]ek_)(?=[A-Za-z0-9]{32}))",
    ),
    (b"I", rb"I(?:(?<=AI)za[\w-]{30}|(?<=A[KS]I)A[A-Z0-9]{16})"),
    (
        b"B",
        rb"B(?:(?<![\w+/-]B)SA[\w-]{26}|earer +[\w+/=.~:-]{12}|asic +\w(?=[a-z]*[A-Z0-9+/=])[\w+/=]{7}"
        rb"|(?<=/B)[A-Z0-9]{8,11}/[A-Za-z0-9]{20,40}(?![\w/+]))",
    ),
    (b"J", rb"J(?:(?:(?<=[^\w+/-]eyJ)|(?<=\\[nrt]eyJ))[\w-]{8,2000}\.|QQJ99)"),
    (b"K", rb"K(?:EY" + _VALUE + rb"{12}|(?<=TE K)EY(?: BLOCK)?-----|(?<=ABSK)[\w+/]{40})"),
    (b"@", rb"@(?<=[\w.+*!#$%^&;,-]@)(?=[\w-]+\.[A-Za-z0-9]|[\w-]+[:/]|\[)"),
    (
        b"=",
        rb"=(?=[ \\\"']{0,4}[^\s\"'&\\]{12})(?=[ \\\"']{0,4}[^\s\"'&\\]{0,60}\d)(?:(?<=[eE][yY]=)|(?<=[eE][nN]=)"
        rb"|(?<=[eE][tT]=)"
        rb"|(?<=[rR][dD]=)|(?<=[sS]ig=)|(?<=ature=)|(?<=auth=)|(?<=wd=)|(?<=_bm=)|(?<=uvid=)|(?<=flb=)|(?<=ance=)|(?<=ession=)"
        rb"|(?<=id=)|(?<=[kK][eE][yY] =)|(?<=[kK][eE][nN] =)|(?<=[rR][eE][tT] =)|(?<=[oO][rR][dD] =))",
    ),
    (b"k", rb"k(?<!cache_k)(?:ey|en|ie)" + _VALUE + rb"{12}"),
    (b"w", rb"w(?:or)?d" + _VALUE + rb"{6}"),
    (b"z", rb"z(?<=uthoriz)ation" + _VALUE + rb"{12}"),
    (b"c", rb"c(?<=ec)ret(?:" + _VALUE + rb"{12}|(?<=sb_secret)_[\w-]{20})"),
    (b"G", rb"G(?<=SG)\.[\w-]{20,24}\."),
    (b"Q", rb"Q(?<=[^\w+/-]AQ)\.[\w-]{35}"),
    (b"y", rb"y(?=a29\.)a29\.[\w-]{20}"),
)
PATTERNS = tuple([(character, re.compile(sign)) for character, sign in _SIGNS])
"""Signs, each with the character that its pattern begins with."""

_SEARCHES = tuple([(character, pattern.search) for character, pattern in PATTERNS])


def suspects(data: bytes) -> bool:
    """Tell whether a text may hold a secret. False is certain, but for what no sign in it tells."""
    for character, search in _SEARCHES:  # noqa: SIM110 - asked of every file
        if character in data and search(data):
            return True
    return False
