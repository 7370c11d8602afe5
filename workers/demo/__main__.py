"""`make demo`: start the portal and its workers, walk the main job, say what came of it, stop everything."""

import shutil
import sys
import time

import httpx

from genaiops_site.launch import LaunchError, launched
from workers.demo import table
from workers.demo.client import DemoError, Refusal
from workers.demo.job import Job
from workers.demo.people import clients


def main() -> int:
    """Exit code 0 only when every step succeeded."""
    began = time.monotonic()
    try:
        with launched() as site:
            print(f"Portal at {site.address}, workers started", flush=True)
            job = Job(clients(site), site.var_dir / "demo", site.var_dir / "models")
            job.run()
            print(table.of(job.assessment(), shutil.get_terminal_size((110, 40)).columns))
    except (DemoError, Refusal, LaunchError) as error:
        print(f"\nThe demo stopped: {error}", file=sys.stderr)
        return 1
    except httpx.TransportError as error:
        print(f"\nThe demo stopped because the portal did not answer: {error}. See var/log/portal.log", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    print(f"Audit pack: {job.pdf}\n            {job.zip}\n            {job.whole}")
    print(f"All steps succeeded in {time.monotonic() - began:.0f} s. Look around: make run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
