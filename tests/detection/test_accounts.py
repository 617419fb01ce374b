"""Account numbers are bank accounts beside the code of a bank or branch, and of the country whose codes those are."""

from __future__ import annotations

import orjson
import polars as pl
import pytest

from leakscope.catalogue import load
from leakscope.detection.kernel import Kernel
from leakscope.model import Batch
from leakscope.safety.keys import IncidentKey

KERNEL = Kernel(load(), IncidentKey(b"t" * 32))


def types_in(record: dict[str, object]) -> dict[str, str]:
    """Entity types by field."""
    found = KERNEL.find_batch(Batch(source="pay.ndjson", first_record=0, records=1, lines=orjson.dumps(record) + b"\n"))
    return dict(found.select("field", "entity").iter_rows())


@pytest.mark.parametrize(
    ("record", "account", "entity"),
    [
        ({"Bank Account": "12345678", "Sort Code": "20-00-00"}, "Bank Account", "UK_BANK_ACCOUNT"),
        ({"accountNumber": "12345678", "sortCode": "20-00-00"}, "accountNumber", "UK_BANK_ACCOUNT"),
        ({"bsb": "062-000", "account_number": "12345678"}, "account_number", "AU_BANK_ACCOUNT"),
        ({"routing_number": "021000021", "account_number": "000123456789"}, "account_number", "US_BANK_NUMBER"),
        ({"IFSC": "HDFC0001234", "Account No": "50100234567812"}, "Account No", "BANK_ACCOUNT"),
        ({"BLZ": "37040044", "Kontonummer": "532013000"}, "Kontonummer", "BANK_ACCOUNT"),
        ({"ABI": "05428", "CAB": "11101", "conto": "000000123456"}, "conto", "BANK_ACCOUNT"),
        ({"Code Banque": "30004", "Code Guichet": "00823", "Numéro de compte": "00010234567"}, "Numéro de compte", "BANK_ACCOUNT"),
        ({"agência": "1234-5", "conta": "12345-6"}, "conta", "BANK_ACCOUNT"),
        ({"銀行コード": "0005", "支店コード": "123", "口座番号": "1234567"}, "口座番号", "JP_BANK_ACCOUNT"),
        ({"CLABE": "032180000118359719"}, "CLABE", "MX_CLABE"),
        ({"CBU": "2850590940090418135201"}, "CBU", "AR_CBU"),
        ({"银行账号": "6222021234567890123"}, "银行账号", "BANK_ACCOUNT"),
        ({"Bank Account": "12345678"}, "Bank Account", "BANK_ACCOUNT"),
        ({"account_number": "000123456789", "swift": "DEUTDEFF500"}, "account_number", "BANK_ACCOUNT"),
        ({"account_number": "000123456789", "plan": "gas"}, "account_number", "ACCOUNT_ID"),
    ],
)
def test_an_account_is_of_the_bank_beside_it(record: dict[str, str], account: str, entity: str) -> None:
    """No account is a US one for want of a better word."""
    assert types_in(record)[account] == entity


@pytest.mark.parametrize("record", [{"Sort Code": "20-00-00"}, {"bsb": "062-000"}, {"Bankleitzahl": "37040044"}, {"支店コード": "123"}])
def test_the_code_of_a_branch_is_no_account(record: dict[str, str]) -> None:
    """It is public, and nobody's."""
    assert list(types_in(record).values()) == ["BANK_BRANCH"]


def test_what_stands_in_another_object_is_not_beside() -> None:
    """An order's account is not the bank's."""
    found = types_in({"bank": {"sort_code": "20-00-00"}, "order": {"account_number": "12345678"}})
    assert found["order.account_number"] == "ACCOUNT_ID"


def test_rows_of_a_table_are_read_alike() -> None:
    """Each row by itself, in order."""
    frame = pl.DataFrame({"Account Number": ["12345678", "87654321"], "Sort Code": ["20-00-00", ""]})
    found = KERNEL.find_batch(Batch(source="pay.csv", first_record=0, records=2, frame=frame))
    assert [("UK_BANK_ACCOUNT", 0), ("BANK_BRANCH", 0), ("ACCOUNT_ID", 1)] == list(found.select("entity", "record").iter_rows())
