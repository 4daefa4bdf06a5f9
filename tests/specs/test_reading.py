"""Files that cannot be used are refused in words that say what to do."""

from __future__ import annotations

import os

import pytest

from hms_kernel import specs
from hms_kernel.errors import SpecError, UsageError
from hms_kernel.specs import reading

GOOD = '{"theorems": [{"theorem_id": "t", "formal_expression": "1 = 1"}]}'


def refusal(path) -> str:
    with pytest.raises(SpecError) as caught:
        specs.load(path)
    return str(caught.value)


def refusal_of(tmp_path, data: bytes | str, name: str = "file.json") -> str:
    file = tmp_path / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return refusal(file)


def test_a_misspelt_built_in_name_suggests_the_right_one():
    assert "did you mean 'moneyball'?" in refusal("monyball")


def test_a_name_like_no_built_in_lists_them():
    assert "built-in are moneyball" in refusal("quux")


def test_no_name_at_all_lists_the_built_ins():
    assert "built-in are moneyball" in refusal("  ")


def test_a_missing_file_is_told(tmp_path):
    assert "no file" in refusal(tmp_path / "missing.json")
    assert "no file" in refusal("missing.json")


def test_a_directory_is_told(tmp_path):
    assert "is a directory" in refusal(tmp_path)


def test_a_path_below_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text(GOOD)

    assert "no file" in refusal(tmp_path / "file" / "below.json")


def test_a_name_with_a_nul_byte_is_told():
    assert "cannot read" in refusal("a\0b.json")


@pytest.mark.parametrize("name", ["x" * 5000, "x" * 5000 + ".json", "~nobody-of-that-name/x.json"])
def test_a_name_that_can_be_no_file_is_told(name):
    assert "cannot read" in refusal(name)


def test_a_device_is_never_read():
    assert "no regular file" in refusal("/dev/zero")


def test_a_pipe_is_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.json")

    assert "no regular file" in refusal(tmp_path / "pipe.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_told(tmp_path):
    file = tmp_path / "secret.json"
    file.write_text(GOOD)
    file.chmod(0)

    assert "cannot read" in refusal(file)


def test_a_huge_file_is_told_and_not_parsed(tmp_path):
    file = tmp_path / "huge.json"
    with file.open("wb") as out:
        out.truncate(reading.LIMIT_BYTES + 1)  # sparse: takes no room

    assert "larger than 16 MiB" in refusal(file)


@pytest.mark.parametrize("data", [b"", b"  \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(tmp_path, data):
    assert "is empty" in refusal_of(tmp_path, data)


def test_a_binary_file_is_told(tmp_path):
    assert "binary file" in refusal_of(tmp_path, b"\x7fELF\x00\x01")


def test_another_encoding_is_told_with_its_line(tmp_path):
    message = refusal_of(tmp_path, b'{\n"name": "caf\xe9"}')

    assert "not UTF-8 (byte 0xe9 in line 2)" in message


def test_utf_16_is_told(tmp_path):
    assert "UTF-16" in refusal_of(tmp_path, GOOD.encode("utf-16"))


def test_a_byte_order_mark_does_no_harm(tmp_path):
    file = tmp_path / "bom.json"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())

    assert [claim.id for claim in specs.load(file).claims] == ["t"]


def test_a_json_mistake_has_line_and_column(tmp_path):
    assert "line 3, column 1" in refusal_of(tmp_path, '{"a": 1,\n"b": 2,\n}')


def test_a_toml_mistake_has_line_and_column(tmp_path):
    assert "line 2, column" in refusal_of(tmp_path, 'title = "x"\nid = = 3', "file.toml")


def test_what_is_neither_is_told(tmp_path):
    assert "neither valid TOML nor JSON" in refusal_of(tmp_path, "Dear reader,", "file.txt")


@pytest.mark.parametrize("name", ["file.lean", "file.jsonl"])
def test_a_file_of_theorems_is_sent_to_the_right_command(tmp_path, name):
    assert "try hms prove" in refusal_of(tmp_path, "theorem t : 1 = 1 := by sorry", name)


def test_a_key_given_twice_is_told_rather_than_lost(tmp_path):
    assert "the key 'id' twice" in refusal_of(tmp_path, '{"claims": [{"id": "a", "id": "b"}]}')


def test_endless_nesting_is_told(tmp_path):
    assert "nested too deeply" in refusal_of(tmp_path, "[" * 100_000 + "]" * 100_000)


def test_a_number_with_thousands_of_digits_is_told(tmp_path):
    assert "not usable JSON" in refusal_of(tmp_path, "[" + "9" * 5000 + "]")


def test_half_a_surrogate_pair_is_told(tmp_path):
    assert "surrogate" in refusal_of(tmp_path, r'{"claims": [{"id": "\ud800"}]}')


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "is empty"),
        ("[]", "empty list"),
        ("3", "single value"),
        ("null", "single value"),
        ('"theorem"', "single value"),
        ("[1, 2]", "each entry should be a table"),
        ('{"theorem": []}', "did you mean 'theorems'?"),
        ('{"formal_domain": {}}', "did you mean 'formal_domains'?"),
        ('{"colour": 1, "size": 2}', "it has the keys 'colour', 'size'"),
        ('{"theorems": {}}', "theorems should be a list"),
        ('{"theorems": []}', "lists no theorems"),
        ('{"claims": []}', "no claims"),
        ('{"claims": {"id": "x"}}', "write [[claims]]"),
        ('{"formal_domains": {}}', "none of the claims"),
    ],
)
def test_a_file_of_the_wrong_shape_is_told(tmp_path, text, message):
    assert message in refusal_of(tmp_path, text)


def test_json_and_toml_are_told_apart_by_content_where_the_name_does_not_say(tmp_path):
    for name, text in (("a", GOOD), ("b", '[[claims]]\nid = "t"\nstatement = "1 = 1"')):
        (tmp_path / name).write_text(text)

        assert [claim.id for claim in specs.load(tmp_path / name).claims] == ["t"]


@pytest.mark.parametrize("n", [0, -1, 1001, True, 2.0, "3"])
def test_the_number_of_terms_is_a_whole_number(n):
    with pytest.raises(UsageError, match="number of terms"):
        specs.load("moneyball", n=n)
