"""The notices are those of the rule of 2024, word for word, and not the older ones."""

import hashlib

from aftercare_referral.consent.notices import NOTICES, OFFER_NOTICE

# SHA-256 of the texts of 42 CFR 2.32(a) as amended by 89 FR 12472, with single blanks.
WORDING = {
    "2024-1": "d82205a18044f9f45776343d91e26d8ddb44bf13e136af169ec73d755facd9a8",
    "2024-2": "79fee3d6dff7e052183c61b66bfed589f0f45dcf330bb277e07b396bd12e9774",
}


def test_the_wording_is_that_of_the_rule():
    assert {id: hashlib.sha256(text.encode()).hexdigest() for id, text in NOTICES.items()} == WORDING


def test_what_only_the_older_wording_said_is_gone():
    for text in NOTICES.values():
        assert "is NOT sufficient for this purpose" not in text
        assert "investigate or prosecute" not in text
        assert "prohibits unauthorized disclosure of" not in text


def test_an_offer_carries_the_whole_statement():
    assert NOTICES[OFFER_NOTICE].startswith("This record which has been disclosed to you is protected")
