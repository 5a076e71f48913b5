"""What the peers in Python do alike; see worker.rs."""
import base64
import sys
import time
from pathlib import Path


class Message:
    """The folder that `ours make` has written."""

    def __init__(self):
        read = lambda name: (Path(sys.argv[1]) / name).read_text()
        self.sp, self.acs, self.idp = read("sp"), read("acs"), read("idp")
        self.metadata, self.certificate = read("metadata"), read("certificate")
        self._genuine, self._altered = read("genuine"), read("altered")

    def serve(self, validate):
        """`validate` takes a form value and says who logged in, or raises."""
        print("accepts", validate(self._genuine))
        try:
            validate(self._altered)
        except Exception as refusal:
            print("refuses", type(refusal).__name__, " ".join(str(refusal).split())[:200], flush=True)
        else:
            sys.exit("the altered message was accepted")
        for line in sys.stdin:
            times = []
            for _ in range(int(line)):
                begun = time.perf_counter_ns()
                validate(self._genuine)
                times.append(str(time.perf_counter_ns() - begun))
            print(*times, flush=True)
