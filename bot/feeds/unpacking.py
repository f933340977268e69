"""What gzip packed, unpacked as it comes. Law: no more is unpacked than is asked for."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS


class Gunzip:
    """Unpacks one body; several of gzip's members one behind the other are one body."""

    def __init__(self) -> None:
        self._inside = zlib.decompressobj(_GZIP)

    @property
    def is_whole(self) -> bool:
        """Whether the end of a member is what came last."""
        return self._inside.eof

    def take(self, packed: bytes, most: int) -> bytes:
        """Return what the next bytes hold, `most` bytes of it at most; the rest is lost.

        Raises zlib.error where the bytes are damaged.
        """
        unpacked = bytearray()
        while packed and len(unpacked) < most:
            if self._inside.eof:
                packed = packed.lstrip(b"\0")  # what tapes and blocks are filled up with
                if not packed:
                    break
                self._inside = zlib.decompressobj(_GZIP)
            unpacked += self._inside.decompress(packed, most - len(unpacked))
            packed = self._inside.unconsumed_tail or self._inside.unused_data
        return bytes(unpacked)
