"""Several processes that train together: Stipple under Open MPI, PyTorch's DistributedDataParallel under torchrun."""

import glob
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time

from bench_programs import Failure, run

HERE = os.path.dirname(os.path.abspath(__file__))


def last_line_of(command, environment=None):
    """The JSON that a program ends with."""
    done = subprocess.run(
        list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600,
        env={**os.environ, **(environment or {})})
    text = done.stdout[done.stdout.find("{"):done.stdout.rfind("}") + 1]
    # torchrun may fail at its end, when all is measured.
    if not text:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip("-= ")]
        told = [line for line in lines if "Error" in line] or lines[-1:] or ["no answer"]
        raise Failure(f"{os.path.basename(command[0])}: {told[0][:200]}")
    return json.loads(text)


class Machines:
    """Where processes run: all on this machine, or each in a network namespace of its own.

    The namespaces lie around one that passes packets on. Each link to it lets so many bits a second pass, in either
    direction (tc-tbf(8)); the kernel's delay (tc-netem(8)) is used where it has it.
    """

    def __init__(self, count, rate=None, delay=None, namespaces=False):
        self.count, self.namespaces = count, [f"stb{i}" for i in range(count + 1)] if namespaces else []
        if not namespaces:
            return
        try:
            router = self.namespaces[0]
            for name in self.namespaces:
                run("ip", "netns", "add", name)
                run("ip", "netns", "exec", name, "ip", "link", "set", "lo", "up")
            self.inside(router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
            for i, name in enumerate(self.namespaces[1:], 1):
                run("ip", "link", "add", f"stv{i}", "netns", router, "type", "veth", "peer", "name", "eth0",
                    "netns", name)
                for place, device, end in (router, f"stv{i}", 1), (name, "eth0", 2):
                    self.inside(place, "ip", "addr", "add", f"10.77.{i}.{end}/24", "dev", device)
                    self.inside(place, "ip", "link", "set", device, "up")
                    if rate:
                        self.inside(place, "tc", "qdisc", "add", "dev", device, "root", "handle", "1:", "tbf", "rate",
                                    rate, "burst", "1mb", "latency", "20ms")
                    if delay:
                        self.inside(place, "tc", "qdisc", "add", "dev", device,
                                    *(["parent", "1:1"] if rate else ["root"]), "netem", "delay", delay)
                self.inside(name, "ip", "route", "add", "default", "via", f"10.77.{i}.1")
        except Failure:
            self.close()
            raise

    def inside(self, name, *command):
        return run("ip", "netns", "exec", name, *command)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for name in self.namespaces:
            subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)
        self.namespaces = []

    def mpirun(self, folder):
        """The launcher's words for a process on each."""
        program = shutil.which("mpirun.openmpi") or shutil.which("mpirun")
        if not program:
            raise Failure("mpirun is not installed")
        words = [program, "--allow-run-as-root", "--bind-to", "none", "-n", str(self.count)]
        if not self.namespaces:
            return words + ["--oversubscribe"]
        # The launcher reaches the others by this instead of ssh.
        agent = os.path.join(folder, "agent")
        with open(agent, "w") as file:
            file.write('#!/bin/bash\nhost=${1%.2}; shift\nexec ip netns exec "stb${host##*.}" bash -c "$*"\n')
        os.chmod(agent, 0o755)
        hosts = ",".join(f"10.77.{i}.2" for i in range(1, self.count + 1))
        return ["ip", "netns", "exec", self.namespaces[1]] + words + [
            "--host", hosts, "--mca", "plm_rsh_agent", agent, "--mca", "pml", "ob1", "--mca", "btl", "self,tcp",
            "--mca", "btl_tcp_if_include", "eth0", "--mca", "oob_tcp_if_include", "eth0"]

    def latency(self):
        """Half of a round trip of a byte over TCP, in seconds."""
        server = ("import socket;s=socket.create_server(('0.0.0.0',7777));c=s.accept()[0];"
                  "c.setsockopt(6,1,1)\nwhile c.recv(1): c.send(b'x')")
        client = ("import socket,time;c=socket.create_connection(('10.77.2.2',7777));c.setsockopt(6,1,1)\n"
                  "t=[]\nfor _ in range(300):\n s=time.perf_counter();c.send(b'x');c.recv(1);"
                  "t.append(time.perf_counter()-s)\nprint(sorted(t)[150]/2)")
        process = subprocess.Popen(["ip", "netns", "exec", self.namespaces[2], sys.executable, "-c", server])
        try:
            time.sleep(1)
            return float(self.inside(self.namespaces[1], sys.executable, "-c", client))
        finally:
            process.kill()
            process.wait()


class Training:
    """A network to train, with both programs."""

    def __init__(self, stipple, network, pictures, preset, batch, precision, seconds):
        self.stipple, self.network, self.pictures = stipple, network, pictures
        self.preset, self.batch, self.precision, self.seconds = preset, batch, precision, seconds

    def ours(self, machines, threads, gradients="float32"):
        with tempfile.TemporaryDirectory(prefix="stipple-ranks-") as folder:
            def train(steps):
                shutil.rmtree(os.path.join(folder, "run"), ignore_errors=True)
                command = [
                    sys.executable, __file__, folder, self.stipple.path, "train", *self.pictures, "-o",
                    os.path.join(folder, "run"), "--preset", self.preset, "--batch", self.batch, "--steps", steps,
                    "--precision", self.precision, "--threads", threads, "--size", "32", "--sample-every", 0,
                    "--validation", 0, "--checkpoint-every", steps, "--gradient-dtype", gradients, "--json"]
                one = machines.count == 1 and not machines.namespaces
                return last_line_of(command if one else machines.mpirun(folder) + command)["train"]

            trial = train(4)
            steps = max(6, int(4 * self.seconds / trial["seconds"]))
            found = train(steps)
            peaks = [int(open(path).read()) / 1000 for path in glob.glob(os.path.join(folder, "peak-*"))]
            return {
                "images_per_second": self.batch * steps / found["seconds"], "peak_megabytes": max(peaks),
                "waiting_percent": found.get("waiting_for_processes_percent") or 0}

    def theirs(self, machines, threads, flags=()):
        script = [os.path.join(HERE, "bench-ddp.py"), self.network, "--batch", self.batch, "--precision",
                  self.precision, "--threads", threads, "--seconds", self.seconds, *flags]
        torchrun = [sys.executable, "-m", "torch.distributed.run"]
        if not machines.namespaces:
            return last_line_of(torchrun + [
                "--standalone", "--nproc-per-node", str(machines.count)] + script,
                {"OMP_NUM_THREADS": str(threads)})
        others = []
        try:
            for number in reversed(range(machines.count)):
                command = ["ip", "netns", "exec", machines.namespaces[number + 1]] + torchrun + [
                    "--nnodes", str(machines.count), "--node-rank", str(number), "--nproc-per-node", "1",
                    "--master-addr", "10.77.1.2", "--master-port", "7778"] + script
                environment = {"OMP_NUM_THREADS": str(threads), "GLOO_SOCKET_IFNAME": "eth0"}
                if number == 0:
                    return last_line_of(command, environment)
                others.append(subprocess.Popen(
                    list(map(str, command)), env={**os.environ, **environment}, stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
        finally:
            for process in others:
                process.kill()
                process.wait()


class Model:
    """How long a step takes on several machines (Hockney 1994's alpha and beta, and an overlap).

    T(N) = C + max(k 2 (alpha + (N - 1) o) + V(N) / beta - w C, last message), V(N) = 2 (N - 1) / N of the gradients' bytes:
    C a step's work on one machine, k messages of 4 MB, each in two exchanges with N - 1 others, w the part of a step
    during which gradients are on their way anyway.
    """

    message = 4 << 20
    # Of a machine to hand a piece to the network.
    overhead = 2e-6

    def __init__(self, parameters, gradient_bytes=4):
        self.bytes = parameters * gradient_bytes

    def sending(self, machines, beta, alpha):
        """Seconds until all gradients are there, and those of the last message."""
        share = 2 * (machines - 1) / machines
        count = max(1, -(-self.bytes // self.message))
        each = 2 * (alpha + (machines - 1) * self.overhead)
        return count * each + share * self.bytes / beta, each + share * self.bytes / count / beta

    def overlap(self, work, step, machines, beta, alpha):
        """w, from a step's measured time and its work."""
        return max(0, (self.sending(machines, beta, alpha)[0] - (step - work)) / work)

    def step(self, work, overlap, machines, beta, alpha):
        if machines == 1:
            return work
        whole, last = self.sending(machines, beta, alpha)
        return work + max(whole - overlap * work, last)


if __name__ == "__main__":
    # Runs a program and leaves its peak of memory in the folder: each process of several.
    status = subprocess.run(sys.argv[2:]).returncode
    with open(os.path.join(sys.argv[1], f"peak-{os.getpid()}"), "w") as file:
        file.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
    sys.exit(status)
