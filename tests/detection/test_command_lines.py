"""Passwords on command lines and in files of tools are found, each program's own way."""

from __future__ import annotations

import orjson
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

KERNEL = Kernel(load(), IncidentKey(b"t" * 32))
SECRET = "Hj7-kestrel-22"
COMMANDS = (
    "curl -u deployer:{} https://x.acme.io/api", "curl --user=ops:{} https://x.acme.io", "curl -uops:{} https://x.acme.io", "curl --proxy-user ops:{} https://x.acme.io",
    "http -a ops:{} GET https://x.acme.io", "https --auth=ops:{} x.acme.io", "wget --user=ops --password={} https://x.acme.io/f", "mysql -h db -u root -p{} shop", "PGPASSWORD={} psql -h db -U app",
    "sshpass -p {} ssh ops@10.1.2.3", "docker login -u ci -p {} registry.acme.io", "podman login -u=ci -p={} registry.acme.io", "redis-cli -h cache -a {} ping", "AUTH default {}",
    "requirepass {}", r"net use \\srv01\share {} /user:ACME\ops", r"net use Z: \\srv01\share /user:ACME\ops {}", 'ConvertTo-SecureString "{}" -AsPlainText -Force', 'new NetworkCredential("ops","{}","ACME")',
    "xfreerdp /u:ops /p:{} /v:srv01", "smbclient //srv01/share -U ops%{}", "ldapsearch -x -D cn=admin -w {} -b dc=acme", "kubectl create secret generic db --from-literal=password={}",
    "mongosh -u admin -p {} --host db", "bcp shop.dbo.users out u.csv -S db -U sa -P {}", "sqlplus scott/{}@//db:1521/ORCL", "openssl rsa -in k.pem -passin pass:{}", "keytool -list -keystore a.jks -storepass {}",
    "7z x -p{} a.7z", "unzip -P {} a.zip", "lftp -u ops,{} ftp.acme.io", 'echo "ops:{}" | chpasswd', "echo {} | sudo -S apt update", "rabbitmqctl add_user app {}", "htpasswd -b -c .htpasswd ops {}",
    "mosquitto_pub -h b -u dev -P {} -t a", 'psk="{}"',
)  # fmt: skip


def found_in(*texts: str) -> list[list[str]]:
    """Secrets found in each of some lines."""
    lines = b"".join(orjson.dumps({"message": text}) + b"\n" for text in texts)
    sighted = KERNEL.find_batch(Batch(source="ci.log", first_record=0, records=len(texts), lines=lines))
    found: list[list[str]] = [[] for _ in texts]
    for record, entity, value in sighted.select("record", "entity", "value").iter_rows():
        if entity.startswith(("SECRET_", "CREDENTIAL_")):
            found[record].append(value)
    return found


def test_passwords_in_commands_are_found() -> None:
    """Once for each command, the password in it and nothing behind it."""
    found = found_in(*(command.format(SECRET) for command in COMMANDS))
    assert [command for command, values in zip(COMMANDS, found, strict=True) if not any(value.endswith(SECRET) for value in values)] == []


def test_commands_without_a_password_hold_none() -> None:
    """Ports, variables and options that ask for it."""
    harmless = [
        "docker run -p 8080:80 nginx", "mysql -u root -p shop", "http -a $USER:$PASS GET https://x.acme.io", "ldapsearch -x -W -b dc=acme", "mongo --port 27017", "net use Z: /delete", "sqlplus / as sysdba",
        "openssl rsa -in k.pem -passin env:KEYPW", "echo done | sudo tee /etc/motd", "AUTH PLAIN", "unzip -P", "ssh -p 2222 ops@10.1.2.3", "key_mgmt=WPA-PSK", "mkdir -p build/output7", "curl -u $LOGIN https://x.acme.io",
    ]  # fmt: skip
    assert found_in(*harmless) == [[] for _ in harmless]


@pytest.mark.parametrize(
    "text",
    [
        "<password>{AQAAABAAAAAQ9Zk3V9bQ2mX7tRk4WbN8cPd1EyUaGhJs6FoTiVx3KzQ=}</password>",
        ".acme.io\tTRUE\t/\tTRUE\t1799999999\tsessionid\tk3j5h2k4j5h2lk5j6h7q",
        "Authorization: Basic b3BzOmhqN/9rZXN0cmVs",
        "curl -u 'ops:Hj7 kestrel!22' https://x.acme.io",
    ],
)
def test_encrypted_and_encoded_secrets_are_found(text: str) -> None:
    """Of Jenkins, of cookie files, of headers whose password is no UTF-8, and with blanks in quotes."""
    assert len(found_in(text)[0]) == 1


def test_what_only_looks_so_is_none() -> None:
    """Words behind `basic`, cookies that count visits."""
    harmless = ["basic authentication is enabled", "Basic subscription", ".acme.io\tTRUE\t/\tTRUE\t1799999999\t_ga\tGA1.2.1234567.1234567", "<password>{AQAAABAAAAA}</password>"]
    assert found_in(*harmless) == [[] for _ in harmless]
