"""Looking for planted words where none belong: as the proof at full size looks for them."""

from proofs.leaks import files_that_hold, forms_of

__all__ = ["files_that_hold", "forms_of"]
