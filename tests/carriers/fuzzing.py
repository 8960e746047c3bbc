"""Breaks sound files in many ways and reads them: `python -m tests.carriers.fuzzing [CARRIER …]`.

Whatever comes, an edition reads or is refused by name, within bounded memory and time. SHANHAI_FUZZ_EXAMPLES says how
many broken files of each carrier are tried. Prints one line of JSON per carrier; a crash ends the run with its example.
"""

import io
import json
import os
import random
import resource
import signal
import sys
import time
import zipfile
from collections import Counter
from pathlib import Path
from types import FrameType

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.carriers.sound_files import SOUND, SoundReader

from shanhai.errors import PublicationError

_EXAMPLES = int(os.environ.get("SHANHAI_FUZZ_EXAMPLES", "40"))
_MOST_SECONDS = 20
_MOST_ADDRESSES = 2**30  # of the whole process: what a crash into unbounded memory meets first
_WORDS = [
    "<", ">", '"', "'", "&", "&#0;", "&a;", "<!--", "<![CDATA[", "<?x ?>", "</row>", '<row r="1048576">', "<row/>",
    '<c r="XFD1"/>', '<c r="A1048576"><v>1</v></c>', ' r="0"', ' t="s"', ' t="e"', ' t="d"', ' s="99"', ' s="-1"',
    "<f/>",
    "1e999", "-1e-400", "NaN", "Infinity", "999999999999", "-", "\0", "\ufeff", "\ufffd", "\u2028", "\x85", "\r", "\n",
    "\t", ",", ";", "==", "=cmd|' /C calc'!A0", "@SUM(1)", "null", "true", "[[[[", "]", "{", "}", "1E400", "\\u0000",
    " colspan=9999999", " rowspan=0", "<table>", "</table>", "<td>", "<tr>", "<w:tbl>", '<w:gridSpan w:val="-5"/>',
    '<w:vMerge w:val="restart"/>', "endobj", "stream\n", "<<", ">>", "/Kids[2 0 R]", "2 0 R", "BT", "Tj", " re S", "Do",
    "../../etc/passwd", "万元", "一", "…", "①", "—", "－", "０", "％", "亿", "增长", "下降", "：", "𠮷",
]  # fmt: skip


class Overdue(BaseException):
    """An example took longer than any file may."""


def _edited(content: bytes, random_: random.Random) -> bytes:
    """The bytes after one to four small damages."""
    broken = bytearray(content)
    for _ in range(random_.choice([1, 1, 2, 4])):
        start = random_.randint(0, len(broken))
        end = min(len(broken), start + random_.choice([0, 0, 1, 2, 8, 64]))
        kind = random_.randrange(6)
        if kind == 0 and broken:
            broken[start % len(broken)] ^= 1 << random_.randrange(8)
        elif kind == 1:
            del broken[start:end]
        elif kind == 2:
            broken[start:end] = broken[start:end] * random_.choice([2, 3, 50])
        elif kind == 3:
            broken[start:end] = random_.choice(_WORDS).encode(random_.choice(["utf-8", "utf-16-le", "gb18030"]))
        elif kind == 4:
            broken[start:start] = random_.choice(_WORDS).encode()
        elif random_.random() < 0.2:
            del broken[start:]
    return bytes(broken)


def damaged(content: bytes, random_: random.Random) -> bytes:
    """The file damaged: as it lies on the disk, or, where it is an archive, mostly in one of its parts."""
    if not content.startswith(b"PK") or random_.random() < 0.2:
        return _edited(content, random_)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        read = [name for name in old.namelist() if "docProps" not in name and "theme" not in name]
        chosen = random_.choice([*read, *(name for name in read if "sheet1" in name or "document" in name)])
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, _edited(part, random_) if name == chosen else part)
    return made.getvalue()


def fuzz(name: str, reader: SoundReader) -> dict[str, object]:
    """Damage the sound file of a carrier many times; raises what is no PublicationError."""
    assert reader.read(name, SOUND[name].content)
    ends: Counter[str] = Counter()
    started = time.monotonic()

    @settings(
        max_examples=_EXAMPLES, deadline=None, derandomize="SHANHAI_FUZZ_EXAMPLES" not in os.environ, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.randoms(use_true_random=True))
    def is_read_or_refused(random_: random.Random) -> None:
        broken = damaged(SOUND[name].content, random_)
        signal.alarm(_MOST_SECONDS)
        try:
            ends["read" if reader.read(name, broken) else "empty"] += 1
        except PublicationError:
            ends["refused"] += 1
        except BaseException:
            print(json.dumps({"carrier": name, "example": broken.hex()[:20_000]}), file=sys.stderr)
            raise
        finally:
            signal.alarm(0)

    is_read_or_refused()
    # Not what getrusage tells, which of a child begins with what its parent held when it was made.
    peak = int(Path("/proc/self/status").read_text("ascii").split("VmHWM:")[1].split()[0]) / 1024
    return {"carrier": name, **ends, "peak_mib": round(peak), "seconds": round(time.monotonic() - started, 1)}


def _overdue(_signal: int, _frame: FrameType | None) -> None:
    raise Overdue


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_ADDRESSES, resource.RLIM_INFINITY))
    signal.signal(signal.SIGALRM, _overdue)
    sound = SoundReader()
    for carrier in sys.argv[1:] or SOUND:
        print(json.dumps(fuzz(carrier, sound), ensure_ascii=False), flush=True)
