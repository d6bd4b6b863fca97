"""The notices that go with what is disclosed, word for word as the rule gives them.

Source: 42 CFR 2.32(a), as amended by 89 FR 12472 of 16 February 2024. Licence: none is needed; the text
of a United States federal regulation is in the public domain. The wording before 2024 is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_STATEMENT_1: Final = (
    "This record which has been disclosed to you is protected by Federal confidentiality rules "
    "(42 CFR part 2). These rules prohibit you from using or disclosing this record, or testimony "
    "that describes the information contained in this record, in any civil, criminal, "
    "administrative, or legislative proceedings by any Federal, State, or local authority, "
    "against the patient, unless authorized by the consent of the patient, except as provided at "
    "42 CFR 2.12(c)(5) or as authorized by a court in accordance with 42 CFR 2.64 or 2.65. In "
    "addition, the Federal rules prohibit you from making any other use or disclosure of this "
    "record unless at least one of the following applies: (i) Further use or disclosure is "
    "expressly permitted by the written consent of the individual whose information is being "
    "disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a covered "
    "entity or business associate and have received the record for treatment, payment, or health "
    "care operations, or (iii) You have received the record from a covered entity or business "
    "associate as permitted by 45 CFR part 164, subparts A and E. A general authorization for the "
    "release of medical or other information is NOT sufficient to meet the required elements of "
    "written consent to further use or redisclose the record (see 42 CFR 2.31)."
)

_STATEMENT_2: Final = "42 CFR part 2 prohibits unauthorized use or disclosure of these records."

NOTICES: Final[Mapping[str, str]] = MappingProxyType({"2024-1": _STATEMENT_1, "2024-2": _STATEMENT_2})
"""The notices by id: the whole statement of 2.32(a)(1), and the short one of 2.32(a)(2)."""

OFFER_NOTICE: Final = "2024-1"
"""The notice that goes with an opened offer; there is room for the whole one."""
