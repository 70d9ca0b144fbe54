"""The programs that tools/bench.py runs."""

import json
import os
import select
import subprocess
import sys
import tempfile


class Failure(Exception):
    """A program that did not do what it was to."""


def run(*command):
    """A program's standard output."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [f"status {done.returncode}"]
        raise Failure(f"{os.path.basename(command[0])}: {words[-1]}")
    return done.stdout


class Stipple:
    """The built program."""

    def __init__(self, path):
        self.path = path

    def __call__(self, *arguments):
        return run(self.path, *map(str, arguments))

    def benchmark(self, part, seconds, *arguments):
        """The figures of a part of `stipple benchmark`, with the machine's and the peak of memory."""
        text = self("benchmark", "--json", "--only", part, "--seconds", seconds, *arguments)
        figures = json.loads(text)
        return {**figures["machine"], **figures["memory"], **figures[part]}


class Peer:
    """A running tools/bench-peers.py, which has everything ready and waits to be asked."""

    def __init__(self, *arguments):
        script = os.path.join(os.path.dirname(__file__), "bench-peers.py")
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, script, *map(str, arguments)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=self.errors)

    def measure(self, seconds=1, limit=900):
        """The figures; the first come only when everything is ready, within `limit` seconds."""
        try:
            self.process.stdin.write(f"{seconds}\n".encode())
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        ready, _, _ = select.select([self.process.stdout], [], [], limit + seconds)
        line = self.process.stdout.readline() if ready else b""
        if line:
            return json.loads(line)
        self.close()
        self.errors.seek(0)
        words = self.errors.read().decode(errors="replace").strip().splitlines()
        raise Failure(words[-1][:120] if ready and words else f"no answer in {limit} s")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
