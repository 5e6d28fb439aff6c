"""The lab's guest under plain QEMU, spoken to through its guest agent."""
import base64
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

BOOT_SECONDS = 300
ANSWER_SECONDS = 60
DISK_MIB = 640


def disk(folder):
    """QEMU's arguments for a disk with an empty file system."""
    image = folder / "disk"
    with open(image, "wb") as file:
        file.truncate(DISK_MIB << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)
    return ["-drive", f"file={image},if=none,id=disk,format=raw", "-device", "nvme,serial=1,drive=disk"]


class Guest:
    """A QEMU with a guest agent, gone at the end of the `with` block.

    `boot` is what src/test/lab/guest/build made, `words` is for the kernel's command line, `folder` is for its files,
    `more` are further arguments for QEMU.
    """

    def __init__(self, boot, folder, words, cpus=1, mib=1024, cpu="max", more=()):
        self.console, agent = folder / "console", folder / "agent"
        self.qemu = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg", "-cpu", cpu, "-m", f"size={mib}M,slots=1,maxmem=16G", "-smp", str(cpus), "-nodefaults",
             "-display", "none", "-kernel", boot / "vmlinuz", "-initrd", boot / "initrd", "-append",
             f"console=ttyS0 quiet {words}", "-serial", f"file:{self.console}", "-device", "virtio-serial-pci",
             "-chardev", f"socket,id=agent,path={agent},server=on,wait=off", "-device",
             "virtserialport,chardev=agent,name=org.qemu.guest_agent.0", *more])
        self.agent_path = agent

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.qemu.kill()
        self.qemu.wait()

    @contextmanager
    def squeezed(self, share):
        """Lets QEMU have this share of its CPU time, in slices of 0.1 s as CFS bandwidth control would."""
        over = threading.Event()

        def squeeze():
            while not over.is_set():
                self.qemu.send_signal(signal.SIGSTOP)
                over.wait((1 - share) / 10)
                self.qemu.send_signal(signal.SIGCONT)
                over.wait(share / 10)

        thread = threading.Thread(target=squeeze)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def wait_ready(self):
        deadline = time.monotonic() + BOOT_SECONDS
        while time.monotonic() < deadline and self.qemu.poll() is None:
            said = self.console.read_text(errors="replace") if self.console.exists() else ""
            if "FAILED" in said:
                break
            if "READY" in said:
                self.agent = socket.socket(socket.AF_UNIX)
                self.agent.settimeout(ANSWER_SECONDS)
                self.agent.connect(str(self.agent_path))
                self.answers = self.agent.makefile()
                return
            time.sleep(0.1)
        but_counts = [line for line in said.splitlines() if not line.startswith("W ")]
        sys.exit("\n".join(["the guest did not get READY; its console ends with:"] + but_counts[-20:]))

    def ask(self, command, **arguments):
        self.agent.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        answer = json.loads(self.answers.readline())
        if "error" in answer:
            sys.exit(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def run(self, path, *args):
        """What a program of the guest wrote to its standard output; one that fails ends all."""
        pid = self.ask("guest-exec", path=path, arg=args, **{"capture-output": True})["pid"]
        deadline = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < deadline:
            status = self.ask("guest-exec-status", pid=pid)
            if status["exited"]:
                output = base64.b64decode(status.get("out-data", ""))
                if status.get("exitcode") != 0:
                    sys.exit(f"{path} {args}: {status.get('exitcode')} {output[:200]}"
                             f" {base64.b64decode(status.get('err-data', ''))}")
                return output
            time.sleep(0.05)
        sys.exit(f"{path} {args}: no end within {ANSWER_SECONDS} s")
