"""A kernel to be killed: plays a supervisor in a process of its own, as ``python hms_test_kernel.py DIRECTORY GRACE_S``.

It launches agent "a", gives it attempt 4 of task "t" and prints both process
ids and the worker's once the work has begun; then it serves until it ends.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hms_test_stage import Stage


def main() -> None:
    directory = Path(sys.argv[1])
    grace_s = float(sys.argv[2])
    stage = Stage(directory=directory, grace_s=grace_s)
    agent = stage.launch(grace_s=grace_s, heartbeat_s=0.1)
    worker = stage.worker()
    task = stage.assign("hang", task_id="t", attempt=4, until=str(directory / "stop"))
    stage.note(task)
    print(json.dumps({"agent": agent, "worker": worker, "zygote": stage.zygote()}), flush=True)
    stage.until(lambda: False)


if __name__ == "__main__":
    main()
