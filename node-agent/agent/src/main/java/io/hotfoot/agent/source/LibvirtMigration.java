package io.hotfoot.agent.source;

import io.hotfoot.agent.hints.GuestLine;
import io.hotfoot.agent.libvirt.Connection;
import io.hotfoot.agent.libvirt.Domain;
import io.hotfoot.agent.libvirt.DomainListener;
import io.hotfoot.agent.libvirt.DomainState;
import io.hotfoot.agent.libvirt.JobStats;
import io.hotfoot.agent.libvirt.LibvirtException;
import java.nio.file.Path;

/** A VM's migration as its libvirt daemon shows it, over a connection of its own. */
public final class LibvirtMigration implements Migration {
  private final Connection connection;
  private final Domain domain;
  private final GuestLine line;

  private LibvirtMigration(Connection connection, Domain domain, GuestLine line) {
    this.connection = connection;
    this.domain = domain;
    this.line = line;
  }

  /**
   * @param line to the guest's agent, which is silent when execution moves
   * @throws LibvirtException if the daemon does not answer or has no such domain
   */
  public static LibvirtMigration open(Path socket, String domainName, GuestLine line)
      throws LibvirtException {
    Connection connection = Connection.open(socket);
    try {
      return new LibvirtMigration(connection, connection.domain(domainName), line);
    } catch (LibvirtException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void listen(DomainListener listener) throws LibvirtException {
    connection.listen(domain, listener);
  }

  @Override
  public DomainState state() throws LibvirtException {
    return domain.state();
  }

  @Override
  public JobStats jobStats() throws LibvirtException {
    return domain.jobStats();
  }

  @Override
  public void limitPostCopy(long bytesPerSecond) throws LibvirtException {
    domain.limitPostCopy(bytesPerSecond);
  }

  @Override
  public void startPostCopy() throws LibvirtException {
    line.move(domain::startPostCopy);
  }

  @Override
  public boolean connected() {
    return connection.alive();
  }

  @Override
  public void close() {
    connection.close();
  }
}
