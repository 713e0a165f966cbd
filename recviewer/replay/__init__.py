"""Whether a recording can still be found by its file name. Names are hashes of requests; the naming rules have changed."""

from recviewer.replay.names import Replay, ReplayState, RuleName, explain, name_state
from recviewer.replay.rule import CallKind, NameRule
from recviewer.replay.rules import RULES

__all__ = ["RULES", "CallKind", "NameRule", "Replay", "ReplayState", "RuleName", "explain", "name_state"]
