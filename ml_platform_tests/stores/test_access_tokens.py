import json
from hashlib import sha256

import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.stores.access_tokens import (
    ADMIN,
    PREDICT,
    add_token,
    holder,
    read_tokens,
    withdraw_token,
)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tokens.json"


def test_a_token_is_found_by_itself_alone(file):
    shop, operations = add_token(file, "shop", PREDICT), add_token(file, "operations", ADMIN)
    tokens = read_tokens(file)
    assert [(each.name, each.scope) for each in tokens] == [
        ("shop", "predict"),
        ("operations", "admin"),
    ]
    assert holder(tokens, shop) == tokens[0]
    assert holder(tokens, operations) == tokens[1]
    for wrong in ("", shop[:-1], shop + "x", tokens[0].sha256, "\udcff"):
        assert holder(tokens, wrong) is None


def test_the_file_holds_the_digest_and_not_the_token(file):
    token = add_token(file, "shop", PREDICT)
    assert token not in file.read_text()
    assert sha256(token.encode()).hexdigest() in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(token) >= 43, "256 bits"


def test_a_withdrawn_token_is_not_let_in(file):
    shop = add_token(file, "shop", PREDICT)
    add_token(file, "other", PREDICT)
    withdraw_token(file, "shop")
    assert holder(read_tokens(file), shop) is None
    assert [each.name for each in read_tokens(file)] == ["other"]
    with pytest.raises(ConfigError, match='no token named "shop"; there are: other'):
        withdraw_token(file, "shop")


def test_a_name_is_taken_once(file):
    add_token(file, "shop", PREDICT)
    with pytest.raises(ConfigError, match='named "shop" already'):
        add_token(file, "shop", ADMIN)


def test_an_unknown_scope_is_refused_with_those_there_are(file):
    with pytest.raises(ConfigError, match="predict, admin"):
        add_token(file, "shop", "root")
    assert not file.exists()


@pytest.mark.parametrize(
    "content",
    [
        "S3CRET",
        "[]",
        '{"tokens": ["S3CRET"]}',
        '{"tokens": [{"name": "a", "scope": "predict", "sha256": "S3CRET"}]}',
        '{"tokens": [{"name": "", "scope": "predict", "sha256": "' + "0" * 64 + '"}]}',
        json.dumps({"tokens": [{"name": "a", "scope": "S3CRET", "sha256": "0" * 64}]}),
    ],
)
def test_a_malformed_file_is_refused_by_name_and_its_content_is_not_repeated(file, content):
    file.touch(mode=0o600)
    file.write_text(content)
    with pytest.raises(ConfigError, match=str(file)) as refused:
        read_tokens(file)
    assert "S3CRET" not in str(refused.value)


def test_a_file_that_others_can_read_is_refused(file):
    add_token(file, "shop", PREDICT)
    file.chmod(0o644)
    with pytest.raises(ConfigError, match="mode 0644"):
        read_tokens(file)
