"""The segment of each row, from a column of values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core.grouping import Grouping
from ml_platform.core.segmentation import Segmentation
from ml_platform.spark.profile_arrow import as_texts, codes_in


def segments_of(segmentation: Segmentation, column: pa.Array) -> Grouping:
    """Each row's segment; values are told apart by their text.

    Args:
        segmentation: The segments.
        column: Shape [n], values of its column; also as codes into a dictionary.
    """
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    texts = as_texts(coded.dictionary)
    other, missing = len(segmentation.values), len(segmentation.values) + 1
    of_text = codes_in(texts, segmentation.values)
    of_text[of_text < 0] = other
    of_text[texts.is_null().to_numpy(zero_copy_only=False)] = missing
    # Null has no code: the place behind the last one stands for it.
    codes = pc.fill_null(coded.indices.cast(pa.int64()), len(texts)).to_numpy()
    return Grouping(segmentation.segments, np.append(of_text, missing)[codes])
