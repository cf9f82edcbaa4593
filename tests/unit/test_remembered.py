from __future__ import annotations

from service.store.remembered import Remembered


class Unpacker:
    def __init__(self) -> None:
        self.unpacked: list[bytes] = []

    def __call__(self, data: bytes, shape: type) -> object:
        self.unpacked.append(data)
        return shape(data.decode())


def test_document_is_unpacked_once() -> None:
    unpack = Unpacker()
    remembered = Remembered(unpack, most=100)
    assert remembered(b"12", str) == "12"
    assert remembered(b"12", str) == "12"
    assert unpack.unpacked == [b"12"]


def test_same_bytes_of_another_shape_are_another_document() -> None:
    remembered = Remembered(Unpacker(), most=100)
    assert remembered(b"12", str) == "12"
    assert remembered(b"12", int) == 12


def test_what_was_not_asked_for_lately_is_forgotten_first() -> None:
    unpack = Unpacker()
    remembered = Remembered(unpack, most=8)
    for data in (b"11", b"22", b"33", b"11", b"44", b"11", b"22"):
        remembered(data, str)
    assert unpack.unpacked == [b"11", b"22", b"33", b"44", b"22"]


def test_no_more_is_kept_than_there_is_room() -> None:
    unpack = Unpacker()
    remembered = Remembered(unpack, most=8)
    for _ in range(2):
        for number in range(10, 20):
            remembered(str(number).encode(), str)
    assert len(unpack.unpacked) == 20


def test_document_larger_than_all_room_is_read_and_not_kept() -> None:
    unpack = Unpacker()
    remembered = Remembered(unpack, most=4)
    assert remembered(b"123456", str) == remembered(b"123456", str) == "123456"
    assert len(unpack.unpacked) == 2
