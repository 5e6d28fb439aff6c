package io.hotfoot.lab.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The processes of a lab's parts, by the cgroups that these are in. */
final class LabProcesses {
  static final String CONTROL_PLANE = "control-plane";

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private final String lab;

  LabProcesses(String lab) {
    this.lab = lab;
  }

  /** The API server or etcd. */
  LabProcess controlPlane(String program) {
    return only(program, in(CONTROL_PLANE, it -> it.name().equals(program)));
  }

  /** Each operator that runs on this node. */
  List<LabProcess> operators(String node) {
    return in(node, it -> isJava(it) && it.pod().startsWith("hotfoot-operator-"));
  }

  LabProcess agent(String node) {
    return only(
        "agent on " + node, in(node, it -> isJava(it) && it.pod().startsWith("hotfoot-agent-")));
  }

  /** The stand-in's virt-handler, through which migrations go. */
  LabProcess relay(String node) {
    return only(
        "virt-handler on " + node,
        in(node, it -> it.command().stream().anyMatch(word -> word.endsWith("/virt-handler"))));
  }

  /**
   * QEMUs that run this guest.
   *
   * @param domain the guest's name in libvirt
   */
  List<LabProcess> qemus(String node, String domain) {
    return in(
        node,
        it ->
            it.name().startsWith("qemu-system")
                && it.command().stream()
                    .anyMatch(word -> word.startsWith("guest=" + domain + ",")));
  }

  private static boolean isJava(LabProcess process) {
    return process.name().equals("java");
  }

  private static LabProcess only(String what, List<LabProcess> found) {
    if (found.isEmpty()) {
      throw new IllegalStateException("the lab has no " + what + " at this moment");
    }
    return found.getFirst();
  }

  private List<LabProcess> in(String part, Predicate<LabProcess> wanted) {
    var alone = Files.exists(CGROUPS.resolve("cgroup.controllers"));
    var root = alone ? CGROUPS : CGROUPS.resolve("unified");
    try (var files = Files.walk(root.resolve("hotfoot-%s-%s".formatted(lab, part)))) {
      return files
          .filter(file -> file.endsWith("cgroup.procs"))
          .flatMap(LabProcesses::pids)
          .map(LabProcess::new)
          .filter(wanted)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Long> pids(Path file) {
    try {
      return Files.readAllLines(file).stream().map(Long::valueOf);
    } catch (IOException e) {
      return Stream.empty(); // the group has gone
    }
  }
}
