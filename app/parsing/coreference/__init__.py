"""Who a source's words refer to: names, pronouns, relatives, descriptions, and whose words go on.

Resolved by sieves, the surest first, as in Raghunathan et al. (EMNLP 2010): every decision is kept
as a step with the rule that took it, and who else was considered is kept with a score, so that a
reader can see why a speaker was chosen. `Resolver` is the way in; one file for each sieve.
"""

from app.parsing.coreference.gender import Gender, find_gender
from app.parsing.coreference.resolver import Resolver, with_roles
from app.parsing.coreference.speaker import Speaker

__all__ = ["Gender", "Resolver", "Speaker", "find_gender", "with_roles"]
