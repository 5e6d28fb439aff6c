package io.hotfoot.lab.chaos;

import static io.hotfoot.api.v1alpha1.EvictionPhase.Draining;
import static io.hotfoot.api.v1alpha1.EvictionPhase.Migrating;
import static io.hotfoot.api.v1alpha1.EvictionPhase.Pending;
import static io.hotfoot.api.v1alpha1.EvictionPhase.PostCopy;
import static io.hotfoot.api.v1alpha1.EvictionPhase.Preparing;

import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.kubevirt.MigrationPolicy;
import io.hotfoot.kubevirt.VirtualMachineInstance;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.lab.chaos.Fault.Act;
import io.hotfoot.lab.chaos.Fault.Harm;
import io.hotfoot.lab.chaos.Fault.Undo;
import io.hotfoot.lab.move.Traces;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** All faults that can be injected. A clock step is not among them: containers have no clock. */
final class Faults {
  private static final Set<EvictionPhase> ANY =
      Set.of(Pending, Preparing, Migrating, PostCopy, Draining);
  private static final Set<EvictionPhase> WITH_MIGRATION = Set.of(Migrating, PostCopy, Draining);
  private static final int AGENTS_PORT = 9443;

  private static final String RESTART =
      """
      {"spec": {"template": {"metadata": {"annotations": {"hotfoot.io/restarted": "%s"}}}}}
      """;

  /** How long what is told to end may take for it, s. */
  private static final int GRACE_S = 10;

  private Faults() {}

  static List<Fault> all() {
    return List.of(
        harmless("operators killed", ANY, killed(Scene::operators)),
        harmless("one operator killed", ANY, killed(Faults::oneOperator)),
        harmless("source agent killed", ANY, killed(Faults::sourceAgent)),
        harmless("source agent and operators killed", ANY, killed(Faults::sourceAgentAndOperators)),
        harmless("target agent killed", ANY, killed(Faults::targetAgent)),
        harmless("operators told to end", ANY, toldToEnd(Scene::operators)).lasting(GRACE_S),
        harmless("source agent told to end", ANY, toldToEnd(Faults::sourceAgent)).lasting(GRACE_S),
        harmless("target agent told to end", ANY, toldToEnd(Faults::targetAgent)).lasting(GRACE_S),
        harmless("agents rolled out", ANY, Faults::rollOutAgents),
        harmless("collector killed", ANY, inGuest("kill -9 $p; sleep %d; exec hotfoot-hintsd")),
        harmless("kube-apiserver killed", ANY, controlPlaneKilled("kube-apiserver")),
        harmless("etcd killed", ANY, controlPlaneKilled("etcd")),
        breaksPostCopy("relay killed", ANY, killed(Faults::relay)),
        harmless("operators stopped", ANY, stopped(Scene::operators)),
        harmless("source agent stopped", ANY, stopped(Faults::sourceAgent)),
        harmless("target agent stopped", ANY, stopped(Faults::targetAgent)),
        harmless("collector stopped", ANY, inGuest("kill -STOP $p; sleep %d; kill -CONT $p")),
        harmless("kube-apiserver stopped", ANY, stopped(controlPlane("kube-apiserver"))),
        harmless("etcd stopped", ANY, stopped(controlPlane("etcd"))),
        harmless("relay stopped", ANY, stopped(Faults::relay)),
        harmless("link cut for 1 s", ANY, Faults::cut).lasting(1),
        harmless("link cut for 10 s", ANY, Faults::cut).lasting(10),
        // libvirt gives its peer up after 30 s of silence.
        breaksPostCopy("link cut for 60 s", ANY, Faults::cut).lasting(60),
        harmless("link loses packets", ANY, scene -> loss(scene, scene.random().nextInt(2, 21))),
        harmless("link 20 times slower", ANY, Faults::slow),
        harmless("link delays", ANY, Faults::delay),
        harmless("operators cut off from agents", ANY, Faults::cutOff),
        harmless("disk full on the agents", ANY, Faults::diskFull),
        harmless("CPUs busy", ANY, Faults::cpusBusy),
        endsGuest("VMI deleted", ANY, Faults::deleteVmi),
        harmless("VMIM deleted", WITH_MIGRATION, Faults::deleteMigration),
        harmless("VMEviction deleted", ANY, Faults::deleteEviction),
        harmless("policy forbids post-copy", WITH_MIGRATION, Faults::forbidPostCopy),
        harmless("policy deleted", WITH_MIGRATION, Faults::deletePolicy),
        endsGuest("guest reboots", ANY, inGuest("reboot -f")),
        endsGuest("guest shuts down", ANY, inGuest("poweroff -f")),
        endsGuest("guest crashes", ANY, inGuest("echo c >/proc/sysrq-trigger")),
        breaksPostCopy("target QEMU killed", WITH_MIGRATION, killed(Faults::targetQemu)));
  }

  private static Fault harmless(String name, Set<EvictionPhase> steps, Act act) {
    return new Fault(name, Harm.NONE, steps, act);
  }

  private static Fault breaksPostCopy(String name, Set<EvictionPhase> steps, Act act) {
    return new Fault(name, Harm.BREAKS_POST_COPY, steps, act);
  }

  private static Fault endsGuest(String name, Set<EvictionPhase> steps, Act act) {
    return new Fault(name, Harm.ENDS_GUEST, steps, act);
  }

  // Whom it hits ----------------------------------------------------------------------------------

  private static List<LabProcess> oneOperator(Scene scene) {
    var all = scene.operators();
    return all.isEmpty() ? all : List.of(all.get(scene.random().nextInt(all.size())));
  }

  private static List<LabProcess> sourceAgent(Scene scene) {
    return List.of(scene.processes().agent(scene.source()));
  }

  private static List<LabProcess> sourceAgentAndOperators(Scene scene) {
    var both = new ArrayList<>(sourceAgent(scene));
    both.addAll(scene.operators());
    return both;
  }

  private static List<LabProcess> targetAgent(Scene scene) {
    return List.of(scene.processes().agent(scene.target()));
  }

  private static List<LabProcess> relay(Scene scene) {
    return List.of(scene.processes().relay(scene.oneNode()));
  }

  private static List<LabProcess> targetQemu(Scene scene) {
    return scene.processes().qemus(scene.target(), scene.guest().domain());
  }

  private static Function<Scene, List<LabProcess>> controlPlane(String program) {
    return scene -> List.of(scene.processes().controlPlane(program));
  }

  // What happens to it ----------------------------------------------------------------------------

  private static Act killed(Function<Scene, List<LabProcess>> whom) {
    return scene -> {
      for (var process : whom.apply(scene)) {
        process.kill();
      }
      return Undo.NOTHING; // kubelet starts it again
    };
  }

  /** As kubelet does; it starts the container again. */
  private static Act toldToEnd(Function<Scene, List<LabProcess>> whom) {
    return scene -> {
      var processes = whom.apply(scene);
      for (var process : processes) {
        process.terminate();
      }
      return () -> {
        for (var process : processes) {
          if (process.isAlive()) {
            throw new IOException("%s: not ended in %d s".formatted(process.pod(), GRACE_S));
          }
        }
      };
    };
  }

  /** One after the other, as an upgrade does. */
  private static Undo rollOutAgents(Scene scene) {
    scene
        .client()
        .apps()
        .daemonSets()
        .inNamespace("hotfoot-system")
        .withName("hotfoot-agent")
        .patch(PatchContext.of(PatchType.JSON_MERGE), RESTART.formatted(Instant.now()));
    return Undo.NOTHING;
  }

  private static Act controlPlaneKilled(String program) {
    return scene -> {
      scene.processes().controlPlane(program).kill();
      return () -> scene.lab().startAgain(program);
    };
  }

  private static Act stopped(Function<Scene, List<LabProcess>> whom) {
    return scene -> {
      var processes = whom.apply(scene);
      for (var process : processes) {
        process.stop();
      }
      return () -> {
        for (var process : processes) {
          process.resume();
        }
      };
    };
  }

  /**
   * @param script of a shell, in which p is the hint collector's process; %d stands for how long
   *     the fault lasts, s
   */
  private static Act inGuest(String script) {
    return scene -> {
      int seconds = Math.ceilDiv(scene.lastsMs(), 1000);
      scene.inGuest("p=$(pidof hotfoot-hintsd); " + script.replace("%d", "" + seconds));
      return Undo.NOTHING;
    };
  }

  private static Undo cut(Scene scene) throws IOException {
    return loss(scene, 100);
  }

  private static Undo loss(Scene scene, int percent) throws IOException {
    scene.lab().lose(percent);
    return () -> scene.lab().lose(0);
  }

  private static Undo slow(Scene scene) throws IOException {
    scene.lab().rate("" + Math.max(1, scene.linkMbit() / 20));
    return () -> scene.lab().rate("" + scene.linkMbit());
  }

  /** By a long queue: what fills the link waits in it. */
  private static Undo delay(Scene scene) throws IOException {
    scene.lab().rate(Math.max(1, scene.linkMbit() / 4), scene.random().nextInt(50, 300));
    return () -> scene.lab().rate("" + scene.linkMbit());
  }

  private static Undo cutOff(Scene scene) throws IOException {
    var operators =
        scene
            .client()
            .pods()
            .inNamespace("hotfoot-system")
            .withLabel("app.kubernetes.io/name", "hotfoot-operator")
            .list()
            .getItems()
            .stream()
            .map(pod -> pod.getStatus().getPodIP())
            .filter(address -> address != null)
            .toList();
    var agents = scene.nodes().stream().map(scene.processes()::agent).toList();
    for (var agent : agents) {
      for (var operator : operators) {
        drop(agent, "--insert", operator);
      }
    }
    return () -> {
      for (var agent : agents.stream().filter(LabProcess::isAlive).toList()) {
        for (var operator : operators) {
          drop(agent, "--delete", operator);
        }
      }
    };
  }

  private static void drop(LabProcess agent, String how, String from) throws IOException {
    Program.run(
        ("nsenter --target %d --net iptables --wait %s INPUT --source %s --protocol tcp"
                + " --destination-port %d --jump DROP")
            .formatted(agent.pid(), how, from, AGENTS_PORT)
            .split(" "));
  }

  /**
   * The agents' file systems are read-only but for /tmp: it is given one without room for a file.
   */
  private static Undo diskFull(Scene scene) throws IOException {
    var agents = scene.nodes().stream().map(scene.processes()::agent).toList();
    for (var agent : agents) {
      mountTmp(agent, "size=4k,nr_inodes=1");
    }
    return () -> {
      for (var agent : agents.stream().filter(LabProcess::isAlive).toList()) {
        mountTmp(agent, "remount,size=64m,nr_inodes=1000");
      }
    };
  }

  private static void mountTmp(LabProcess agent, String options) throws IOException {
    Program.run(
        "mount --namespace %d --types tmpfs --options %s full /tmp"
            .formatted(agent.pid(), options)
            .split(" "));
  }

  /** The nodes share the machine: all CPUs, for nodes and control plane. */
  private static Undo cpusBusy(Scene scene) throws IOException {
    var busy = new ArrayList<Process>();
    for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
      busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
    }
    return () -> busy.forEach(Process::destroyForcibly);
  }

  private static Undo deleteVmi(Scene scene) {
    scene
        .client()
        .resources(VirtualMachineInstance.class)
        .inNamespace(scene.guest().namespace())
        .withName(scene.guest().name())
        .delete();
    return Undo.NOTHING;
  }

  private static Undo deleteMigration(Scene scene) {
    scene
        .client()
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(scene.guest().namespace())
        .list()
        .getItems()
        .stream()
        .filter(it -> !it.hasEnded())
        .forEach(it -> scene.client().resource(it).delete());
    return Undo.NOTHING;
  }

  private static Undo deleteEviction(Scene scene) {
    scene.eviction().delete();
    return Undo.NOTHING;
  }

  private static Undo forbidPostCopy(Scene scene) {
    var policy = scene.client().resources(MigrationPolicy.class).withName(Traces.POLICY);
    if (policy.get() != null) {
      policy.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\": {\"allowPostCopy\": false}}");
    }
    return Undo.NOTHING;
  }

  private static Undo deletePolicy(Scene scene) {
    scene.client().resources(MigrationPolicy.class).withName(Traces.POLICY).delete();
    return Undo.NOTHING;
  }
}
