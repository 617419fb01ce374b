"""Evidence made of bytes."""

import io

import pytest
from hypothesis import settings

from leakscope.model import Batch, SetAside
from leakscope.sources import expand, read
from leakscope.sources.evidence import Evidence

settings.register_profile("sources", deadline=None)
settings.load_profile("sources")


@pytest.fixture
def reading():
    """name, content -> (batches, pieces set aside, names of the formats used)."""

    def run(name, content):
        evidence = Evidence(name=name, opener=lambda: io.BytesIO(content), size_bytes=len(content))
        batches, aside, used = [], [], []
        for found in expand(evidence):
            if isinstance(found, SetAside):
                aside.append(found)
                continue
            used.append(found[1].name)
            for piece in read(*found):
                (batches if isinstance(piece, Batch) else aside).append(piece)
        return batches, aside, used

    return run
