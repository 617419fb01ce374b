"""Letters to individuals by cohort: the same data, the same place, the content the law asks for and nothing it forbids."""

from leakscope.notification.letters.compose import Letter, compose
from leakscope.notification.letters.recipients import recipients

__all__ = ["Letter", "compose", "recipients"]
