"""What the paper of the framework says beyond the table that the map began with, in our words.

Source: Kapoor, Bommasani et al. (2024), On the Societal Impact of Open Foundation Models,
arXiv 2403.07918: sections 3 and 5.1, Table 2.
"""

from __future__ import annotations

CITEKEY = "kapoor2024"

ANALYSES = {
    "threat_identification": (
        "Tools find flaws in software automatically. Lone hackers, small groups and states could"
        " use them.",
        "Tools undress real people in pictures, or change them otherwise. Individuals and groups"
        " on platforms use them against people they know and against public figures.",
    ),
    "existing_risk": (
        "An attacker needs one flaw, a defender has to close all of them. Fuzzers and penetration"
        " tools have existed for long.",
        "Photo editors came first, then face swapping; one bot alone had made more than 100,000"
        " pictures. Victims suffer extortion and psychological harm.",
    ),
    "existing_defenses": (
        "Defense comes in layers: the same tools find and fix flaws, and bug bounties reward those"
        " who report them.",
        "The software runs on consumer devices and is everywhere. Platforms can curb distribution;"
        " StopNCII coordinates takedowns.",
    ),
    "marginal_risk_evidence": (
        "The authors know of no evidence that open models have been used for it with success."
        " Closed models can be watched better, but misuse is hard to tell from proper use.",
        "Much material was made with open models within two years. A tuned model is easier to use"
        " than a photo editor, the guardrails of closed models do not hold on open ones, and"
        " incidents are known.",
    ),
    "ease_of_defense": (
        "Models help defenders too, with wider fuzzing and with explanations of malware, and"
        " defenders have better access to the systems.",
        "Stopping the spread of the models is not feasible. Acting against tailored models and"
        " distribution is; laws have been proposed, and their effect is open.",
    ),
    "uncertainty_assumptions": (
        "It assumes that defenders keep better access and invest, and that the balance holds as"
        " models improve.",
        "Models already released can still be misused, and small, encrypted or hidden platforms"
        " escape moderation.",
    ),
}
"""By step, what the paper says of vulnerability detection and of altered intimate imagery."""

LIMITS = (
    "It is no complete framework for decisions about releases: it does not weigh benefits against"
    " risks.",
    "It covers risks that are known.",
    "Acting on it needs several actors to coordinate.",
)
"""What the paper says that its framework does not do."""
