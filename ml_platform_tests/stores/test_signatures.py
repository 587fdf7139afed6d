"""Whatever is promoted is signed, and what is not is not served."""

import shutil
import subprocess
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.step import Move
from ml_platform.stores import rollout_moves
from ml_platform.stores.champion_moves import carry_out
from ml_platform.stores.deployment import read_deployment
from ml_platform.stores.model_registry import CANARY, ModelRegistry
from ml_platform.stores.publishing import publish
from ml_platform.stores.settings import Settings
from ml_platform.stores.signatures import NO_KEYS, SIGNATURE, SignatureKeys
from ml_platform_tests.stores.signing_keys import made_keys

MODEL = "flight_delay"
DIGEST = "a" * 64


@pytest.fixture
def keys(tmp_path: Path) -> SignatureKeys:
    return made_keys(tmp_path / "keys")


def signed(keys: SignatureKeys) -> str:
    signature = keys.sign(MODEL, 3, DIGEST)
    assert signature is not None
    return signature


def test_a_signed_version_may_answer(keys):
    keys.require(MODEL, 3, DIGEST, signed(keys))


@pytest.mark.parametrize(
    "other",
    [("other", 3, DIGEST), (MODEL, 4, DIGEST), (MODEL, 3, "b" * 64), ("flight_delay\n3", 3, "")],
)
def test_a_signature_holds_for_its_model_version_and_manifest_alone(keys, other):
    with pytest.raises(StoreError, match="was not made for it"):
        keys.require(*other, signed(keys))


def test_an_altered_signature_and_one_of_another_key_are_refused(keys, tmp_path):
    altered = bytearray(b64decode(signed(keys)))
    altered[7] ^= 1
    others = signed(made_keys(tmp_path / "others"))
    for wrong in (b64encode(altered).decode(), others, "no base64 !", "AAAA"):
        with pytest.raises(StoreError, match="was not made for it"):
            keys.require(MODEL, 3, DIGEST, wrong)


@pytest.mark.parametrize("absent", [None, ""])
def test_an_unsigned_version_is_refused_where_a_signature_is_asked_for(keys, absent):
    with pytest.raises(StoreError, match="version 3 of flight_delay is not signed"):
        keys.require(MODEL, 3, DIGEST, absent)
    NO_KEYS.require(MODEL, 3, DIGEST, absent)
    assert NO_KEYS.sign(MODEL, 3, DIGEST) is None


def test_keys_that_openssl_made_work(tmp_path):
    signing, verifying = tmp_path / "signing.pem", tmp_path / "verify.pem"
    make = ["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(signing)]
    subprocess.run(make, check=True, capture_output=True)
    show = ["openssl", "pkey", "-in", str(signing), "-pubout", "-out", str(verifying)]
    subprocess.run(show, check=True, capture_output=True)
    keys = SignatureKeys(signing, verifying)
    keys.require(MODEL, 3, DIGEST, signed(keys))


def test_a_private_key_that_others_can_read_is_refused(keys):
    keys.signing.chmod(0o644)
    with pytest.raises(ConfigError, match=r"signing\.pem .* mode 0644"):
        keys.sign(MODEL, 3, DIGEST)


def test_a_file_that_is_no_key_is_named(keys, tmp_path):
    keys.signing.write_text("nonsense")
    with pytest.raises(ConfigError, match=r"signing\.pem is not a private key"):
        keys.sign(MODEL, 3, DIGEST)
    with pytest.raises(ConfigError, match="absent is not a public key"):
        SignatureKeys(verifying=tmp_path / "absent").check()
    other = generate_private_key(SECP256R1()).public_key()
    keys.verifying.write_bytes(other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    with pytest.raises(ConfigError, match="must hold an Ed25519 key"):
        keys.check()


def test_the_keys_come_from_the_environment(keys, tmp_path):
    env = {
        "ML_PLATFORM_SIGNING_KEY": str(keys.signing),
        "ML_PLATFORM_VERIFY_KEY": str(keys.verifying),
    }
    assert Settings.from_env(env).signature_keys == keys
    assert Settings.from_env({}).signature_keys == NO_KEYS


@pytest.fixture
def registry(tmp_path: Path, empty_registry: Path, keys: SignatureKeys) -> ModelRegistry:
    """Two versions, no champion."""
    artifact = tmp_path / "artifact"
    artifact.mkdir()
    for name in ("model.ubj", "manifest.json"):
        (artifact / name).write_text("{}")
    (artifact / "spec.json").write_text('{"spec": {}, "threshold": null}')
    shutil.copy(empty_registry, tmp_path)
    made = ModelRegistry(
        f"sqlite:///{tmp_path / 'mlflow.db'}",
        tmp_path / "artifacts",
        serving_root=tmp_path / "serving",
        keys=keys,
    )
    for _ in range(2):
        with made.training_run(MODEL) as run:
            made.register(run, artifact, {"distance": "float64"})
    return made


def promotion(version: int) -> LedgerEntry:
    now = datetime.now(UTC)
    kind = EntryKind.PROMOTION
    return LedgerEntry(f"line {version}", MODEL, now, "", kind, model_version=str(version))


def test_a_promotion_signs_the_version_and_the_deployment_carries_it(registry, keys):
    carry_out(registry, promotion(1))
    live = read_deployment(registry.serving_root, MODEL)
    assert live.champion.signature == registry.version(MODEL, 1).tags[SIGNATURE]
    keys.require(MODEL, 1, live.champion.manifest_sha256, live.champion.signature)


def test_a_version_that_begins_its_rollout_is_signed(registry, keys):
    carry_out(registry, promotion(1))
    begins = replace(
        promotion(2),
        kind=EntryKind.ROLLOUT,
        verdict=Move.START,
        evidence={"role": CANARY, "percent": 5.0},
    )
    rollout_moves.carry_out(registry, begins)
    rising = read_deployment(registry.serving_root, MODEL).rollout.version
    keys.require(MODEL, 2, rising.manifest_sha256, rising.signature)


def test_an_alias_moved_by_hand_to_an_unsigned_version_changes_nothing_live(registry):
    carry_out(registry, promotion(1))
    registry.promote(MODEL, 2)
    with pytest.raises(StoreError, match="version 2 of flight_delay is not signed"):
        publish(registry, registry.serving_root, MODEL)
    assert read_deployment(registry.serving_root, MODEL).champion.version == 1


def test_a_signature_that_was_copied_from_another_version_changes_nothing_live(registry):
    carry_out(registry, promotion(1))
    registry.tag(MODEL, 2, {SIGNATURE: registry.version(MODEL, 1).tags[SIGNATURE]})
    registry.promote(MODEL, 2)
    with pytest.raises(StoreError, match="version 2 of flight_delay was not made for it"):
        publish(registry, registry.serving_root, MODEL)
    assert read_deployment(registry.serving_root, MODEL).champion.version == 1
