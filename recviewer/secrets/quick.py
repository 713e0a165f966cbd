"""A fast test whether bytes may contain a secret, applied to every file: only suspicious ones are searched closely.

Each sign starts with an anchor of rare characters, to which a pattern jumps. Many files do not contain the anchor at
all, which `bytes.find` tells faster than a pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_VALUE = rb'\\{0,7}": ?\\{0,7}"[^"\\ ]'
_TOLD = rb": ?(?=[^\s\"'\\]{0,60}\d)[^\s\"'\\<*{\[]{16}"
_OF_WHOM = rb"(?: (?:for|of|to|on) [^\s\"'\\]{1,40}(?: [^\s\"'\\]{1,40})?)?"
_SAID = (
    _OF_WHOM + rb"(?: (?:is|was|ist|lautet)(?: now)?)?:? [\"'`\\]{0,4}"
    rb"(?=\S{0,60}\d)[^\s\"'\\]{6}"
)
"""What a sentence tells of a password."""

_TAGGED = rb">(?=[^\s<>]{0,60}\d)[^\s<>\"'\\]{8,200}<"
_GIVEN = rb"(?:(?:" + _OF_WHOM + rb" is:?)? [\"'`\\]{0,4}(?=\S{0,60}\d)[^\s\"'\\]{16}|" + _TAGGED + rb")"
_SET = rb"\\{0,7}[\"'](?:\]\s?=|,)\s?\\{0,7}[\"'](?=[^\s\"']{0,60}\d)[^\s\"'\\]{16}"
"""What a command, a tag, a sentence and a program tell of a key."""

_SIGNS = (
    (
        b"-",
        rb"-(?:u(?:s\d(?<=[0-9a-f]{8}-us\d)|(?:ser)? [\"'\\]{0,3}[^\s:]{1,80}:\S{6})"
        rb"|p(?:(?<= -p) ?[\"'\\]{0,3}(?=\S{0,60}\d)[^\s\"'\\]{6}|ass(?<=--pass)(?:word|wd|phrase)?[= ]"
        rb"|roduction-(?<=access-production-)[0-9a-f]{8}-)"
        rb"|(?<=(?:sk|lx|ly|ai|[abcdfmnrt]t|tr|as|ey|pi|dk|x[abdeoprs]|pp|PX|rg|AK|AT|KU|EY|fc|pa"
        rb"|m0|ib|[st]p|[au]\d|ul|th|-u|nk|8e|co|ss|et)-)(?=[\w-]{12})(?:"  # most candidates fail here
        rb"(?<=[^A-Za-z0-9]sk-)|(?<=\\[nrt]sk-)|(?<=pplx-)|(?<=tvly-)|(?<=xai-)|(?<=pat-)|(?<=gl[drf]t-)"
        rb"|(?<=gl(?:cb|pt|im)t-)|(?<=gl(?:rtr|oas)-)|(?<=glffct-)|(?<=[^\w-]m0-)(?=\w{40})|(?<=\\[nrt]m0-)"
        rb"|(?<=xkeysib-)|(?<=sq0(?:cs|at)p-)|(?<=p8e-)|(?<=ico-)(?=[A-Za-z0-9]{32})|(?<=sess-)(?=[A-Za-z0-9]{40})"
        rb"|(?<=secret-)(?=[A-Za-z0-9]{40})|(?<=[^\w-]nk-)(?=[\w-]{43}(?![\w-]))|(?<=\\[nrt]nk-)(?=[\w-]{43}(?![\w-]))"
        rb"|(?<=(?:sdk|api)-)(?=[0-9a-f]{8}-[0-9a-f]{4}-)|(?<=CFPAT-)|(?<=pat-[ne][au]\d-)"
        rb"|(?<=SECRET-KEY-)"
        rb"|(?<=pul-)(?=[0-9a-f]{40})"
        rb"|(?<=tskey-)|(?<=fio-u-)|(?<=[^\w-]as-)(?=[A-Za-z0-9]{22}(?![\w-]))|(?<=\\[nrt]as-)(?=[A-Za-z0-9]{22}(?![\w-]))"
        rb"|(?<=glsoat-)|(?<=agent-)|(?<=[^A-Za-z0-9]csk-)|(?<=\\[nrt]csk-)|(?<=PMAK-)|(?<=NRAK-)|(?<=HRKU-)"
        rb"|(?<=key-)(?=[0-9a-f]{32})|(?<=[^\w-]fc-)(?=[0-9a-f]{32})|(?<=\\[nrt]fc-)(?=[0-9a-f]{32})|(?<=[^\w-]pa-)(?=[\w-]{40})"
        rb"|(?<=\\[nrt]pa-)(?=[\w-]{40})|(?<=api-key-)|(?<=llx-)|(?<=pypi-)"
        rb"|(?<=xox[a-z]-)|(?<=xapp-)|(?<=nvapi-)|(?<=SPX-)|(?<=org-)(?=\w{20})))",
    ),
    (
        b"_",
        rb"_(?:base(?<=key_base)[\\\"']{0,8}: ?[\\\"']{0,8}[0-9a-f]{32}|"
        rb"(?=[a-z_]{0,12}+[A-Z0-9-])(?=[\w-]{14})(?:(?<=jina_)|(?<=dckr_[po]at_)|(?<=figd_)|(?<=[^a-z]vc[kpiar]_)|(?<=pcsk_)"
        rb"|(?<=glsa_)|(?<=pscale_tkn_)|(?<=pscale_oauth_)|(?<=pscale_pw_)|(?<=[^a-z]sk_)(?=[\w-]{43}(?![\w-]))"
        rb"|(?<=gsk_)|(?<=hf_)|(?<=org_)|(?<=r8_)|(?<=fw_)|(?<=_v1_)|(?<=v2_[ps][tk]_)"
        rb"|(?<=e2b_)|(?<=gh[pousr]_)|(?<=_pat_)|(?<=_live_)|(?<=_test_)|(?<=whsec_)|(?<=npm_)|(?<=ntn_)|(?<=_api_)"
        rb"|(?<=shp(?:at|ca|pa|ss)_)|(?<=proj_)(?=[A-Za-z0-9]{20})|(?<=[^a-z]sk_)(?=[0-9a-f]{48})|(?<=rpa_)"
        rb"|(?<=hf_oauth_)|(?<=[^a-z]ak_)(?=[\w-]{20}(?![\w-]))"
        rb"|(?<=[^a-z_]key_)(?=[0-9a-f]{64})|(?<=flp_)"
        rb"|(?<=[^a-z]pl_)(?=[0-9a-f]{32})"
        rb"|(?<=rnd_)|(?<=nfp_)|(?<=napi_)|(?<=secret_)(?=[A-Za-z0-9]{43})|(?<=esecret_)(?=[a-z0-9]{26})|(?<=lin_oauth_)"
        rb"|(?<=\\[nrt]ak_)(?=[\w-]{20}(?![\w-]))|(?<=\\[nrt]key_)(?=[0-9a-f]{64})|(?<=\\[nrt]pl_)(?=[0-9a-f]{32})"
        rb"|(?:(?<=[^a-z]re_)|(?<=\\[nrt]re_))(?=[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20})"
        rb"|(?:(?<=[^a-z]up_)|(?<=\\[nrt]up_))(?=[A-Za-z0-9]{29}(?![\w-]))|(?<=rc_)(?=[0-9a-f]{64})|(?<=cpk_)(?=[0-9a-f]{32}\.)"
        rb"|(?<=sk_car_)|(?<=y0_)(?=[\w-]{55})|(?<=dtn_)(?=[0-9a-f]{64})|(?<=CLOJARS_)|(?<=ddp_)|(?<=xau_)|(?<=CCDB1_)"
        rb"|(?<=mdb_sa_sk_)|(?<=pk_)(?=\d{6,9}_[A-Z0-9]{32})|(?<=cs_)(?=[0-9a-f]{40})|(?<=_sk_)(?=[0-9a-f]{48})"
        rb"|(?<=rubygems_)|(?<=glc_)|(?<=sgp_)|(?<=phx_)|(?<=sq[apu]_)|(?<=CCIP[AR][TJ]_)|(?<=bkua_)|(?<=tfp_)|(?<=rdme_)|(?<=pn[bu]_)"
        rb"|(?<=hc[a-z][il]k_)|(?<=hc[a-z][a-z][il]k_)|(?<=ops_)(?=eyJ)|(?<=fm[12]_)|(?<=fm[12]r_)"
        rb"|(?<=cf[ua]t_)|(?<=[^a-z]cfk_)|(?<=_v\d_[a-z][a-z]_)|(?<=sbp_)|(?<=sntry[su]_)|(?<=[^a-z]ek_)(?=[A-Za-z0-9]{32})))",
    ),
    (
        b"I",
        rb"I(?:QoJb3JpZ2lu[A-Za-z0-9+/=]{100}|(?<=AI)za[\w-]{30}|(?<=LTAI)[A-Za-z0-9]{16}|(?<=A[KS]I)A[A-Z0-9]{16})",
    ),
    (
        b"B",
        rb"B(?:(?<=ATB)B[A-Za-z0-9]{32}"
        rb"|(?:(?<![\w+/-]B)|(?<=\\[nrt]B))SA[\w-]{26}|earer +[\w+/=.~:-]{12}|asic +\w(?=[a-z]*[A-Z0-9+/=])[\w+/=]{7}"
        rb"|(?<=/B)[A-Z0-9]{8,11}/[A-Za-z0-9]{20,40}(?![\w/+]))",
    ),
    (
        b"J",
        rb"J(?:(?<=eyJ)(?:rIjoi[\w+/]{40}|1c2VybmFtZSI6[A-Za-z0-9+/]{16})|(?:(?<=[^\w+/-]eyJ)|(?<=\\[nrt]eyJ))[\w-]{8,2000}\.|QQJ99)",
    ),
    (
        b"K",
        rb"K(?:N-1-(?<=SWMTKN-1-)[a-z0-9]{50}-|(?<=FLWSECK)(?:_TEST)?-[0-9a-fA-F]{12}|EN?Y?"
        + _SET
        + rb"|ey"
        + _TAGGED
        + rb"|[eE][yYnN]"
        + _VALUE
        + rb"{12}|[eE][yYnN]"
        + _TOLD
        + rb"|(?<=TE K)EY(?: BLOCK)?-----|(?<=ABSK)[\w+/]{40}|(?<=AK)(?:Cp[A-Za-z0-9]{55}|ID[A-Za-z0-9]{32})"
        rb"|(?<=EZAK)[A-Za-z0-9]{54}|(?<=SK)[0-9a-f]{32})",
    ),
    (b"@", rb"@(?<=[\w.+*!#$%^&;,-]@)(?=[\w-]+\.[A-Za-z0-9]|[\w-]+[:/]|\[)"),
    (
        b"=",
        rb"=(?=[ \\\"']{0,9}[^\s\"'&\\]{12})(?=[ \\\"']{0,9}[^\s\"'&\\]{0,60}\d)(?:(?<=[eE][yY]=)|(?<=[eE][nN]=)"
        rb"|(?<=[eE][tT]=)"
        rb"|(?<=[rR][dD]=)|(?<=[sS]ig=)|(?<=ature=)|(?<=auth=)|(?<=wd=)|(?<=_bm=)|(?<=uvid=)|(?<=flb=)|(?<=ance=)|(?<=ession=)"
        rb"|(?<=[iI][dD]=)|(?<=[kK][eE][yY] =)|(?<=[kK][eE][nN] =)|(?<=[rR][eE][tT] =)|(?<=[oO][rR][dD] =))",
    ),
    (
        b"k",
        rb"k(?<!cache_k)(?:(?:ey|en|ie)"
        + _VALUE
        + rb"{12}|e[yn]"
        + _GIVEN
        + rb"|e[yn]"
        + _TOLD
        + rb"|(?<=ebhook)(?:s/\d{15}|b2/[\w@-]{70}))",
    ),
    (
        b"w",
        rb"w(?:or[dt]|d)(?:"
        + _VALUE
        + rb"{6}|"
        + _SAID
        + rb"|"
        + _TAGGED
        + rb"|[= ]{1,2}[\"'\\]{0,3}(?=\S{0,60}\d)[^\s\"'\\]{6})",
    ),
    (b"auth", rb"auth\\{0,7}\": ?\\{0,7}\"[A-Za-z0-9+/]{8}"),
    (
        b"z",
        rb"z(?<=uthoriz)ation(?:\\{0,7}\": ?\\{0,7}\"(?:[^\"\\ ]{12}|[A-Z][\w-]+ \S{12})"
        rb"|: (?:[\w-]+ )?(?:token=)?(?=[^\s\"'\\]{0,60}\d)[^\s\"'\\]{16})",
    ),
    (b"ecret", rb"ecret(?:" + _GIVEN + rb"|" + _VALUE + rb"{12}|(?<=sb_secret)_[\w-]{20})"),
    (
        b"G",
        rb"G(?:R1348941[\w-]{20}|ZXIvYXdz(?<=oGZXIvYXdz)[A-Za-z0-9+/=]{100}|(?<=SG)\.[\w-]{20,24}\.|(?<=[\w-]{20}\.G)[\w-]{5}\.[\w-]{27})",
    ),
    (b"Q", rb"Q(?:(?<=[^\w+/-]AQ)|(?<=\\[nrt]AQ))\.[\w-]{35}"),
    (b"dapi", rb"dapi[0-9a-f]{32}"),
    (
        b"A",
        rb"A(?:(?<=\d:A)A[\w-]{33}|QVN[\w-]{35}|TTA[0-9a-fA-F]{72}|ZDO(?<=[A-Za-z0-9]{76}AZDO)[A-Za-z0-9]{4}"
        rb"|zSe(?<=[A-Za-z0-9]{42}AzSe)[A-D][A-Za-z0-9]{5}|zFu(?<=[\w-]{44}AzFu)[\w-]{5}[AQgw]==|(?<=:A)PA91b[\w-]{130}"
        rb"|LTAK-[A-Za-z0-9]{21}/)",
    ),
    (
        b".",
        rb"\.(?:(?=[\w-]{20})(?:(?<=hv[sbr]\.)[\w-]{24}|(?<=pat[A-Za-z0-9]{14}\.)[0-9a-f]{64}|(?<=mlsn\.)[0-9a-f]{64}|(?<=sl\.)[\w-]{60}"
        rb"|(?<=dt0[a-z]\d\d\.)[A-Z0-9]{24}\.)|(?<=dp\.)(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40}|(?<=sl\.)u\.[\w-]{60}"
        rb"|(?<=ya29\.)[\w.-]{20}|atlasv1\.[\w-]{60}|make\.com/[a-z0-9]{30})",
    ),
    (
        b"/",
        rb"/(?:/0(?<=1//0)[\w-]{38}|0A(?<=4/0A)[\w-]{50}|1(?<=\d/1)\d{13,17}(?:/\d{14,18})?:[0-9a-f]{32}"
        rb"|catch/\d+/\w{6}|with/key/[\w-]{20}|triggers/T\w+/\d+/\w{20})",
    ),
    (b"E", rb"E(?:(?<![\w+/-]E)|(?<=\\[nrt]E))AA[\w-]{57}"),
    (b"F", rb"F(?<=TT3xF)f[\w=-]{60}"),
    (b"L", rb"LS0tLS1CRUdJTi"),
    (b"%", rb"%3D(?<=\w{30}%3D)\w{30}"),
    (b"$", rb"\$production\$"),
    (b"!", rb"!(?:(?<=00D[A-Za-z0-9]{12}!)|(?<=00D[A-Za-z0-9]{15}!))[\w.]{60}"),
    (b"~", rb"~(?:(?<=\dQ~)[\w~.-]{31}|(?<=sha256~)[\w-]{43})"),
)


class Sign(NamedTuple):
    """A sign of a possible secret. anchor: literal prefix of `pattern`."""

    anchor: bytes
    pattern: re.Pattern[bytes]

    def matches(self, data: bytes) -> Iterator[re.Match[bytes]]:
        """Yield its matches in a text, like the pattern's `finditer`."""
        start = data.find(self.anchor)
        return self.pattern.finditer(data, start) if start >= 0 else iter(())


SIGNS = tuple([Sign(anchor, re.compile(sign)) for anchor, sign in _SIGNS])


def suspects(data: bytes) -> bool:
    """Tell whether a text may contain a secret. False is certain for all secrets that have a sign."""
    for anchor, pattern in SIGNS:
        start = data.find(anchor)
        if start >= 0 and pattern.search(data, start):
            return True
    return False
