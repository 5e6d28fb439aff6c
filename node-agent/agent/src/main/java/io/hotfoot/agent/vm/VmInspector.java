package io.hotfoot.agent.vm;

import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.libvirt.Domain;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import io.hotfoot.agent.sys.ResidentMemory;
import java.io.IOException;
import java.util.regex.Pattern;

/** Says what is found of one VM on this node. */
public final class VmInspector {
  /** libvirt writes a channel's name and state in this order, in one element. */
  private static final Pattern AGENT_CONNECTED =
      Pattern.compile("<target [^>]*name='org\\.qemu\\.guest_agent\\.0' [^>]*state='connected'");

  private final VmLocator locator;

  public VmInspector(VmLocator locator) {
    this.locator = locator;
  }

  /**
   * What is found of a VM.
   *
   * @param qemuVersion major * 1,000,000 + minor * 1,000 + release
   * @param libvirtVersion likewise
   * @param residentBytes QEMU's resident memory
   * @param layout of the guest's memory
   * @param guestAgentConnected qemu-guest-agent has opened its channel
   * @param jobActive a migration or another job runs
   */
  public record Findings(
      long qemuVersion,
      long libvirtVersion,
      long residentBytes,
      RamLayout layout,
      boolean guestAgentConnected,
      boolean jobActive) {}

  /**
   * @throws VmNotFoundException if it does not run here
   * @throws LibvirtException if its libvirt does not answer
   */
  public Findings inspect(VmId vm) throws IOException {
    long resident = ResidentMemory.of((int) locator.qemu(vm).pid());
    try (Connection connection = Connection.open(locator.libvirtSocket(vm))) {
      Domain domain = connection.domain(vm.domainName());
      return new Findings(
          connection.qemuVersion(),
          connection.libvirtVersion(),
          resident,
          layout(domain),
          AGENT_CONNECTED.matcher(domain.xml()).find(),
          domain.jobStats().phase() == JobStats.Phase.ACTIVE);
    }
  }

  /** Asks QEMU's monitor: not for a migration's target, whose monitor does not answer. */
  public static RamLayout layout(Domain domain) throws LibvirtException {
    return RamLayoutReader.read(
        domain.humanMonitor("info mtree -f"), domain.humanMonitor("info ramblock"));
  }
}
