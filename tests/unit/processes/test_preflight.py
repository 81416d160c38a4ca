"""What an operator reads when something is missing: one sentence that says what to do."""

from __future__ import annotations

import socket
import stat

import pytest

from processes.preflight import CannotStart, check
from settings import SettingsError
from tests.unit.processes.conftest import free_port


@pytest.mark.parametrize("port", ["70000", "0", "-1", "eighty", "", "9" * 5000])
def test_an_impossible_port_is_named(environment, port):
    with pytest.raises(SettingsError, match=r"JIESU_WEB_PORT.*1 到 65535"):
        environment(WEB_PORT=port)


def test_two_equal_ports_are_named(environment):
    port = free_port()
    with pytest.raises(CannotStart, match=rf"JIESU_WEB_PORT 和 JIESU_ACTION_PORT 都是 {port}"):
        check(environment(WEB_PORT=port, ACTION_PORT=port))


def test_a_taken_port_is_named(environment):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"127.0.0.1:{port}.*JIESU_RASA_PORT"):
            check(environment(RASA_PORT=port))


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "2001:db8::1", "no.such.host.invalid", "a b", "x" * 70]
)
def test_an_address_that_this_machine_has_not_is_about_the_host_not_the_port(environment, host):
    with pytest.raises(CannotStart, match="JIESU_HOST") as reason:
        check(environment(HOST=host))
    assert "占用" not in str(reason.value)


def speaks_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.parametrize("host", ["0.0.0.0", "localhost", *(["::", "::1"] * speaks_ipv6())])
def test_all_addresses_and_loopback_are_fine(environment, host):
    check(environment(HOST=host))


def test_the_data_folder_is_shut_to_others_even_when_it_was_open(environment, tmp_path):
    settings = environment()
    settings.var.mkdir(mode=0o755)
    check(settings)
    assert stat.S_IMODE(settings.var.stat().st_mode) == 0o700


def test_a_folder_that_all_share_is_refused_not_shut(environment, tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    with pytest.raises(CannotStart, match="JIESU_VAR"):
        check(environment(VAR=shared))
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777


def test_a_data_folder_that_is_a_file_is_named(environment, tmp_path):
    (tmp_path / "var").write_text("a file")
    with pytest.raises(CannotStart, match="不能写入"):
        check(environment())


def test_a_switch_is_0_or_1(environment):
    assert environment().trusted_proxy is False
    assert environment(TRUSTED_PROXY="1").trusted_proxy is True
    with pytest.raises(SettingsError, match="JIESU_TRUSTED_PROXY"):
        environment(TRUSTED_PROXY="yes")
