package io.hotfoot.lab.e2e;

import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.Completed;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.HintsCollected;
import static io.hotfoot.api.v1alpha1.EvictionCondition.Type.ReadyToEvict;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.fabric8.kubernetes.api.model.Pod;
import io.hotfoot.api.v1alpha1.EvictionCondition.Type;
import io.hotfoot.api.v1alpha1.EvictionMode;
import io.hotfoot.api.v1alpha1.EvictionPhase;
import io.hotfoot.api.v1alpha1.Hints;
import io.hotfoot.api.v1alpha1.Reason;
import io.hotfoot.api.v1alpha1.VMEvictionStatus;
import io.hotfoot.kubevirt.VirtualMachineInstanceMigration;
import io.hotfoot.lab.guest.Guest;
import io.hotfoot.lab.guest.Vmi;
import io.hotfoot.lab.move.Eviction;
import io.hotfoot.lab.move.Traces;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What can go wrong on a cluster. Each ends in an eviction that succeeded a rung lower, or in a
 * condition that names the cause; and nothing stays behind.
 */
@OnCluster
class BadInputE2E {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static LabGuests guests;

  @BeforeAll
  static void connect() throws IOException {
    guests = new LabGuests("e2e-bad-input");
  }

  @AfterAll
  static void cleanUp() {
    guests.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lab.without=hints", "lab.agent=silent"})
  void goesWithoutHintsWhereTheGuestGivesNone(String guestThat) throws IOException {
    try (var guest = guests.own(guestThat, UnaryOperator.identity())) {
      var from = guest.node();

      var status = create(guest, Map.of("hints", Map.of("source", "Guest"))).awaitEnd(LONGEST);

      assertSucceeded(status);
      assertNotEquals(Hints.Source.Guest, status.hints.source());
      assertNotEquals(Reason.Collected, reason(status, HintsCollected));
      assertNotEquals(from, guest.node());
      assertNothingLeft(guest);
    }
  }

  @Test
  void goesByPreCopyWhereUserfaultfdIsClosedToQemu() throws IOException {
    UnaryOperator<Vmi> closed =
        vmi -> vmi.annotated("standin.hotfoot.io/seccomp-profile", "RuntimeDefault");
    try (var guest = guests.own("", closed)) {
      var status = evict(guest).awaitEnd(LONGEST);

      assertSucceeded(status);
      assertEquals(EvictionMode.PreCopy, status.mode);
      assertNothingLeft(guest);
    }
  }

  @Test
  void goesByPreCopyWhereQemuRefusesMultifdWithPostCopy() throws IOException {
    try (var guest = guests.own("", Vmi::withoutCpuLimit)) {
      var status = evict(guest).awaitEnd(LONGEST);

      assertSucceeded(status);
      assertEquals(EvictionMode.PreCopy, status.mode);
      assertEquals(Reason.MultifdUnsupported, reason(status, ReadyToEvict));
      assertNothingLeft(guest);
    }
  }

  @Test
  void saysThatThereIsNoNodeToGoTo() throws IOException {
    var guest = guests.shared();
    var spec =
        Map.of("target", Map.of("nodeSelector", Map.of("no-such", "node")), "deadline", "10s");

    var status = create(guest, spec).awaitEnd(LONGEST);

    assertEquals(EvictionPhase.Failed, status.phase);
    assertEquals(Reason.DeadlineExceeded, reason(status, Completed));
    assertEquals(Reason.NoTargetNode, reason(status, ReadyToEvict));
    assertNothingLeft(guest);
  }

  @Test
  void saysThatAVmDoesNotExist() {
    var status =
        Eviction.create(guests.cluster(), guests.namespace(), "no-such-vm", Map.of())
            .awaitEnd(LONGEST);

    assertEquals(EvictionPhase.Failed, status.phase);
    assertEquals(Reason.VmiNotFound, reason(status, ReadyToEvict));
  }

  @Test
  void staysWhenTheEvictionIsDeletedBeforeExecutionMoved() throws IOException {
    var guest = guests.shared();
    var eviction = create(guest, Map.of("mode", "PreCopy"));
    eviction.await(EvictionPhase.Migrating, LONGEST);

    eviction.delete();
    eviction.awaitGone(LONGEST);

    await("no migration left").atMost(LONGEST).until(() -> !migrates(guest));
    assertEquals("Running", guest.now().getStatus().phase());
    assertNothingLeft(guest);
  }

  @Test
  void arrivesWhenTheEvictionIsDeletedInPostCopy() throws IOException {
    var guest = guests.shared();
    var from = guest.node();
    var eviction = evict(guest);
    eviction.await(EvictionPhase.PostCopy, LONGEST);

    eviction.delete();
    eviction.awaitGone(LONGEST);

    assertNotEquals(from, guest.node());
    guest.requireMemoryUnchanged();
    assertNothingLeft(guest);
  }

  @Test
  void saysThatTheMigrationWasDeleted() throws IOException {
    var guest = guests.shared();
    var eviction = create(guest, Map.of("mode", "PreCopy"));
    var running = eviction.await(status -> status.migrationName != null, LONGEST);

    migrations(guest).stream()
        .filter(it -> it.getMetadata().getName().equals(running.migrationName))
        .forEach(it -> guests.cluster().client().resource(it).delete());
    var status = eviction.awaitEnd(LONGEST);

    assertEquals(EvictionPhase.Failed, status.phase);
    assertEquals(Reason.MigrationDeleted, reason(status, Completed));
    assertNothingLeft(guest);
  }

  @Test
  void arrivesWhenTheTargetsAgentDiesWhileItPulls() throws IOException {
    var guest = guests.shared();
    var eviction = evict(guest);
    var pulling = eviction.await(EvictionPhase.PostCopy, LONGEST);

    kill("hotfoot-agent", pulling.targetNode);
    var status = eviction.awaitEnd(LONGEST);

    assertSucceeded(status);
    guest.requireMemoryUnchanged();
    assertNothingLeft(guest);
    awaitAllReady();
  }

  @Test
  void waitsForAnAgentThatIsNotThere() throws IOException {
    var guest = guests.shared();
    kill("hotfoot-agent", guest.node());

    // The DaemonSet brings it back, and the eviction, which has waited for it, goes on.
    assertSucceeded(evict(guest).awaitEnd(LONGEST));
    assertNothingLeft(guest);
  }

  @ParameterizedTest
  @EnumSource(
      value = EvictionPhase.class,
      names = {"Pending", "Preparing", "Migrating", "PostCopy", "Draining"})
  void endsWellWhenTheOperatorDiesIn(EvictionPhase phase) throws IOException {
    var guest = guests.shared();
    var from = guest.node();
    var eviction = evict(guest);
    eviction.await(reached -> hasReached(reached, phase), LONGEST);

    kill("hotfoot-operator", null);
    var status = eviction.awaitEnd(LONGEST);

    assertSucceeded(status);
    assertNotEquals(from, guest.node());
    guest.requireMemoryUnchanged();
    assertNothingLeft(guest);
    awaitAllReady();
  }

  /** A phase may be over sooner than it can be seen. */
  private static boolean hasReached(VMEvictionStatus status, EvictionPhase phase) {
    return status.phase != null && status.phase.compareTo(phase) >= 0;
  }

  private static Eviction evict(Guest guest) {
    return create(guest, Map.of());
  }

  private static Eviction create(Guest guest, Map<String, ?> spec) {
    return Eviction.create(guests.cluster(), guest.namespace(), guest.name(), spec);
  }

  private static void kill(String app, String node) {
    hotfootPods().stream()
        .filter(pod -> app.equals(pod.getMetadata().getLabels().get("app.kubernetes.io/name")))
        .filter(pod -> node == null || node.equals(pod.getSpec().getNodeName()))
        .forEach(pod -> guests.cluster().client().resource(pod).withGracePeriod(0).delete());
  }

  private static List<Pod> hotfootPods() {
    return guests.cluster().client().pods().inNamespace("hotfoot-system").list().getItems();
  }

  private static void awaitAllReady() {
    await("operator and agents are back")
        .atMost(LONGEST)
        .until(
            () ->
                hotfootPods().stream()
                    .allMatch(
                        pod ->
                            pod.getStatus().getConditions().stream()
                                .anyMatch(
                                    it ->
                                        it.getType().equals("Ready")
                                            && it.getStatus().equals("True"))));
  }

  private static List<VirtualMachineInstanceMigration> migrations(Guest guest) {
    return guests
        .cluster()
        .client()
        .resources(VirtualMachineInstanceMigration.class)
        .inNamespace(guest.namespace())
        .list()
        .getItems();
  }

  private static boolean migrates(Guest guest) {
    return migrations(guest).stream()
        .anyMatch(it -> it.getSpec().vmiName().equals(guest.name()) && !it.hasEnded());
  }

  private static Reason reason(VMEvictionStatus status, Type type) {
    var condition = Eviction.condition(status, type);
    return condition == null ? null : condition.reason();
  }

  private static void assertSucceeded(VMEvictionStatus status) {
    assertEquals(EvictionPhase.Succeeded, status.phase, () -> status.conditions.toString());
  }

  private static void assertNothingLeft(Guest guest) throws IOException {
    assertEquals(List.of(), Traces.leftOf(guests.cluster(), guest));
    assertFalse(migrates(guest), "a migration goes on");
  }
}
