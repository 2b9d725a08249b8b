import numpy as np
import pytest

from spinbook.records.key import check_settings


def test_settings_must_be_plain_and_have_a_smoke_scale():
    assert check_settings("r", {"smoke": {"L": (np.int64(4), 8)}}) == {"smoke": {"L": [4, 8]}}
    with pytest.raises(ValueError, match='lack the scale "smoke"'):
        check_settings("r", {"paper": {}})
    with pytest.raises(ValueError, match="unknown scale 'tiny'"):
        check_settings("r", {"smoke": {}, "tiny": {}})
    with pytest.raises(TypeError, match="cannot be stored as JSON"):
        check_settings("r", {"smoke": {"f": print}})
