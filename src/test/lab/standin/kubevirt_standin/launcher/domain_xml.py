"""The libvirt domain of a VirtualMachineInstance, close to what KubeVirt asks libvirt for.

Always emulation (TCG): the lab's machines need no /dev/kvm. RAM is anonymous memory, as KubeVirt's default is, or a memfd,
as KubeVirt has it for VMs with virtiofs.
"""

from xml.etree import ElementTree as xml

from kubevirt_standin import vmi as vmis

# Of the stand-in alone: RAM is a memfd, which has pages of 4 KiB where anonymous memory mostly has huge ones.
SMALL_PAGES_ANNOTATION = "standin.hotfoot.io/small-pages"

PRIVATE_DIR = "/var/run/kubevirt-private"
KERNEL_BOOT_DIR = "/var/run/kubevirt-kernel-boot"


def serial_log(uid: str) -> str:
    """Where QEMU logs the serial console of the VMI with this UID; guest-console-log tails it."""
    return f"{PRIVATE_DIR}/{uid}/virt-serial0-log"


def render(vmi: dict) -> str:
    """The domain XML of a VMI. Raises KeyError where the VMI lacks kernelBoot, the only way to boot here."""
    uid = vmi["metadata"]["uid"]
    spec = vmi["spec"]["domain"]
    domain = xml.Element("domain", type="qemu")
    _text(domain, "name", vmis.domain_name(vmi))
    if "uuid" in spec.get("firmware", {}):
        _text(domain, "uuid", spec["firmware"]["uuid"])
    _text(domain, "memory", str(vmis.guest_memory_bytes(vmi)), unit="b")
    if SMALL_PAGES_ANNOTATION in vmi["metadata"].get("annotations", {}):
        backing = xml.SubElement(domain, "memoryBacking")
        xml.SubElement(backing, "source", type="memfd")
        xml.SubElement(backing, "access", mode="shared")
    _text(domain, "vcpu", str(vmis.vcpus(vmi)), placement="static")
    _boot(domain, spec["firmware"])
    features = xml.SubElement(domain, "features")
    xml.SubElement(features, "acpi")
    xml.SubElement(domain, "cpu", mode="maximum")
    xml.SubElement(domain, "clock", offset="utc")
    for what, then in (("on_poweroff", "destroy"), ("on_reboot", "restart"), ("on_crash", "destroy")):
        _text(domain, what, then)
    _devices(domain, uid, spec.get("devices", {}))
    for interface, _ in vmis.bridged_networks(vmi):
        _interface(domain.find("devices"), interface)
    return xml.tostring(domain, encoding="unicode")


def _boot(domain: xml.Element, firmware: dict) -> None:
    boot = firmware["kernelBoot"]
    os = xml.SubElement(domain, "os")
    _text(os, "type", "hvm", arch="x86_64", machine="q35")
    _text(os, "kernel", KERNEL_BOOT_DIR + boot["container"]["kernelPath"])
    _text(os, "initrd", KERNEL_BOOT_DIR + boot["container"]["initrdPath"])
    _text(os, "cmdline", boot.get("kernelArgs", ""))


def _devices(domain: xml.Element, uid: str, wanted: dict) -> None:
    devices = xml.SubElement(domain, "devices")
    _text(devices, "emulator", "/usr/bin/qemu-system-x86_64")
    xml.SubElement(devices, "controller", type="usb", model="none")
    xml.SubElement(devices, "controller", type="virtio-serial", index="0", model="virtio-non-transitional")
    if wanted.get("autoattachSerialConsole", True):
        serial = xml.SubElement(devices, "serial", type="unix")
        xml.SubElement(serial, "source", mode="bind", path=f"{PRIVATE_DIR}/{uid}/virt-serial0")
        xml.SubElement(serial, "target", port="0")
        if wanted.get("logSerialConsole", True):
            xml.SubElement(serial, "log", file=serial_log(uid), append="on")
    agent = xml.SubElement(devices, "channel", type="unix")
    xml.SubElement(agent, "target", type="virtio", name="org.qemu.guest_agent.0")
    if wanted.get("autoattachMemBalloon", True):
        balloon = xml.SubElement(
            devices, "memballoon", model="virtio-non-transitional", freePageReporting="on"
        )
        xml.SubElement(balloon, "stats", period="10")
    else:
        xml.SubElement(devices, "memballoon", model="none")
    if "rng" in wanted:
        rng = xml.SubElement(devices, "rng", model="virtio-non-transitional")
        _text(rng, "backend", "/dev/urandom", model="random")


def _interface(devices: xml.Element, wanted: dict) -> None:
    """A network device on a tap that virt-handler has made. wanted: needs a macAddress."""
    interface = xml.SubElement(devices, "interface", type="ethernet")
    xml.SubElement(interface, "mac", address=wanted["macAddress"])
    xml.SubElement(interface, "target", dev=vmis.link_name("tap", wanted), managed="no")
    xml.SubElement(interface, "model", type="virtio-non-transitional")
    xml.SubElement(interface, "driver", name="qemu")
    xml.SubElement(interface, "rom", enabled="no")


def _text(parent: xml.Element, tag: str, text: str, **attributes: str) -> None:
    xml.SubElement(parent, tag, attributes).text = text
