package io.hotfoot.agent.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixPeerTest {
  @TempDir Path folder;

  @Test
  void findsTheListenerBehindAPathLongerThanASocketAddress() throws IOException {
    Path longFolder = Files.createDirectories(folder.resolve("x".repeat(120)));
    Path near = folder.resolve("s");
    try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      listener.bind(UnixDomainSocketAddress.of(near));
      Path far = Files.move(near, longFolder.resolve("s"));
      assertThat(UnixPeer.pidOf(far)).isEqualTo((int) ProcessHandle.current().pid());
    }
  }

  @Test
  void saysThatNobodyListens() throws IOException {
    Path socket = folder.resolve("s");
    ServerSocketChannel.open(StandardProtocolFamily.UNIX)
        .bind(UnixDomainSocketAddress.of(socket))
        .close();
    assertThatThrownBy(() -> UnixPeer.pidOf(socket))
        .isInstanceOfSatisfying(
            Errno.class, e -> assertThat(e.number()).isEqualTo(Errno.ECONNREFUSED))
        .hasMessageContaining(socket.toString());
  }
}
