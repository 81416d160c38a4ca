"""Where the secrets of an installation come from: the environment, or files made at first use."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.keys import installation_keys
from complaints.keys import KeyRing
from settings import SettingsError, load_key, load_key_ring
from settings.keys import (
    _decoded,
    keys_in_environment,
    make_key,
    retire_keys,
)

KEY, NEXT = bytes(range(32)), bytes(range(32, 64))


def names(installation) -> list[str]:
    return sorted(path.name for path in installation.keys_folder.iterdir())


def test_a_key_is_made_once_and_is_the_owners_alone(environment):
    installation = environment()
    key = load_key(installation, "blind")
    assert len(key) == 32 and load_key(installation, "blind") == key
    assert names(installation) == ["blind.key"]
    assert (installation.keys_folder / "blind.key").stat().st_mode & 0o777 == 0o600


def test_processes_that_start_together_agree_on_a_key(environment):
    installation = environment()
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: load_key(installation, "blind"), range(24)))
    assert len(keys) == 1 and names(installation) == ["blind.key"]


@pytest.mark.parametrize(
    "written",
    [KEY.hex(), KEY.hex().upper(), base64.b64encode(KEY).decode(),
     base64.urlsafe_b64encode(KEY).decode().rstrip("=")],
)  # fmt: skip
def test_the_environment_goes_before_the_files_and_none_is_made(environment, written):
    installation = environment(BLIND_KEY=written, FIELD_KEY=written)
    assert load_key(installation, "blind") == KEY
    assert dict(load_key_ring(installation, "field")) == {1: KEY}
    assert not installation.keys_folder.exists()


@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_a_key_is_read_as_it_was_written(key, url):
    written = (base64.urlsafe_b64encode if url else base64.b64encode)(key).decode()
    assert _decoded("K", written) == _decoded("K", key.hex()) == key


@pytest.mark.parametrize("written", ["", "secret", "00" * 31, "x" * 44, KEY.hex() + "00"])
def test_a_key_of_another_length_is_named_but_not_shown(environment, written):
    with pytest.raises(SettingsError, match="JIESU_BLIND_KEY") as mistake:
        load_key(environment(BLIND_KEY=written), "blind")
    assert not written or written not in str(mistake.value)


def test_a_ring_in_the_environment_has_its_numbers(environment):
    installation = environment(FIELD_KEY_2=NEXT.hex(), FIELD_KEY=KEY.hex())
    ring = KeyRing(load_key_ring(installation, "field"))
    assert ring.current == 2 and dict(ring.keys) == {1: KEY, 2: NEXT}


@pytest.mark.parametrize("name", ["FIELD_KEY_256", "FIELD_KEY_1"])
def test_a_number_that_cannot_be_is_refused(environment, name):
    with pytest.raises(SettingsError, match=f"JIESU_{name}"):
        load_key_ring(environment(FIELD_KEY=KEY.hex(), **{name: NEXT.hex()}), "field")


def test_other_variables_are_no_keys(environment):
    environment(FIELD_KEYS="x", OTHER_FIELD_KEY="x", FIELD_KEY_A="x", FIELD_KEY_02="x")
    assert keys_in_environment("field") == {}


def test_a_damaged_file_is_named(environment):
    installation = environment()
    load_key(installation, "blind")
    (installation.keys_folder / "blind.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match=r"blind\.key"):
        load_key(installation, "blind")


def test_a_running_process_seals_under_a_new_key_at_once_and_reads_the_old(environment):
    installation = environment()
    running = KeyRing(load_key_ring(installation, "field"))
    old = running.seal("甲", "p")
    make_key(installation.keys_folder, "field", 2)
    other = KeyRing(load_key_ring(installation, "field"))
    assert running.unseal_text(other.seal("乙", "p"), "p") == "乙"
    assert other.unseal_text(running.seal("丙", "p"), "p") == "丙"
    assert running.current == 2 and other.unseal_text(old, "p") == "甲"


def test_a_retired_key_is_used_no_more_and_none_is_made_instead(environment):
    installation = environment()
    folder = installation.keys_folder
    first = dict(load_key_ring(installation, "field"))[1]
    make_key(folder, "field", 2)
    assert retire_keys(folder, "field", below=2) == (1,)
    assert retire_keys(folder, "field", below=2) == ()
    assert list(load_key_ring(installation, "field")) == [2]
    assert (folder / "field.key.retired").read_bytes() == first
    assert names(installation) == ["field.2.key", "field.key.retired"]


def test_two_rotations_at_once_make_one_next_key(environment):
    installation = environment()
    first = dict(load_key_ring(installation, "field"))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: make_key(installation.keys_folder, "field", 2), range(8)))
    assert load_key_ring(installation, "field").keys() == {1, 2}
    assert load_key_ring(installation, "field")[1] == first[1]
    with pytest.raises(SettingsError):
        make_key(installation.keys_folder, "field", 256)


def test_the_keys_of_the_domain_are_all_different_and_the_same_each_time(environment):
    installation = environment()
    one, again = installation_keys(installation), installation_keys(installation)
    secrets = {one.field.keys[1], one.blind, one.audit, one.receipt, one.proof}
    assert len(secrets) == 5
    assert (one.blind, one.audit, one.proof) == (again.blind, again.audit, again.proof)
