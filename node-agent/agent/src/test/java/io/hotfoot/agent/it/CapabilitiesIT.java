package io.hotfoot.agent.it;

import static io.hotfoot.agent.it.AgentsWork.ASK_LIBVIRT;
import static io.hotfoot.agent.it.AgentsWork.COLLAPSE;
import static io.hotfoot.agent.it.AgentsWork.FIND_LAUNCHER;
import static io.hotfoot.agent.it.AgentsWork.FIND_LIBVIRT;
import static io.hotfoot.agent.it.AgentsWork.PULL;
import static io.hotfoot.agent.it.AgentsWork.SEE_POSTCOPY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the chart gives the agent is enough for its work on a VM of another user, in other
 * namespaces, and each part of it is needed: without, something fails. Under the chart's seccomp
 * profile, too.
 */
class CapabilitiesIT {
  private static final Set<String> ALL =
      Set.of(FIND_LAUNCHER, FIND_LIBVIRT, ASK_LIBVIRT, SEE_POSTCOPY, PULL, COLLAPSE);

  /** What fails without a capability. */
  private static final Map<String, Set<String>> NEEDED_FOR =
      Map.of(
          "SYS_PTRACE", Set.of(FIND_LIBVIRT, SEE_POSTCOPY, PULL, COLLAPSE),
          "SYS_NICE", Set.of(COLLAPSE),
          "DAC_OVERRIDE", Set.of(FIND_LAUNCHER, FIND_LIBVIRT, ASK_LIBVIRT));

  private static final Path CHART = Path.of("../../helm/hotfoot/templates/agent.yaml");
  private static final Path PROFILE = Path.of("../../helm/hotfoot/files/agent-seccomp.json");
  private static final Pattern ADDED =
      Pattern.compile("add:\\n(.*?)\\{\\{- if [^}]*hostHints", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("- ([A-Z_]+)\\n");
  private static final long RAM = 192L << 20;

  private static Path folder;
  private static LauncherPod pod;
  private static List<String> arguments;

  @BeforeAll
  static void startPod() throws Exception {
    Machine.requireOtherRights();
    folder = PodsInTmp.make();
    pod = new LauncherPod("pod", folder);
    await().atMost(Duration.ofSeconds(30)).until(pod::ready);
    pod.createDomain();
    arguments =
        List.of(
            folder.resolve("pods").toString(),
            "pod",
            folder.resolve("pod/run/libvirt-sock").toString(),
            "" + pod.qemu(),
            "" + pod.ramAddress(RAM));
  }

  @AfterAll
  static void stopPod() throws Exception {
    if (pod != null) {
      pod.close();
    }
    PodsInTmp.delete();
  }

  @Test
  void withAllThatTheChartGivesEverythingIsDone() throws Exception {
    assertThat(failing(chart(), null, List.of())).isEmpty();
    assertThat(failing(chart(), profile(), List.of())).isEmpty();
  }

  @Test
  void withoutAnyOneOfThemSomethingFails() throws Exception {
    assertThat(chart()).isEqualTo(NEEDED_FOR.keySet());
    for (String capability : chart()) {
      Set<String> rest = new TreeSet<>(chart());
      rest.remove(capability);
      assertThat(failing(rest, null, List.of()).keySet())
          .as("without " + capability)
          .isEqualTo(NEEDED_FOR.get(capability));
    }
  }

  @Test
  void inAPidNamespaceOfItsOwnItFindsNobody() throws Exception {
    Map<String, String> failing =
        failing(chart(), null, List.of("unshare", "--pid", "--fork", "--mount-proc"));
    assertThat(failing.get(FIND_LAUNCHER)).contains("does this pod run with hostPID?");
    assertThat(failing.keySet()).contains(FIND_LIBVIRT, SEE_POSTCOPY, PULL);
  }

  @Test
  void withoutTheSystemCallThatReadsOthersMemoryNoPageComes() throws Exception {
    String without = profile().replace("\"process_vm_readv\"", "\"sync\"");
    assertThat(failing(chart(), without, List.of()).keySet()).isEqualTo(Set.of(PULL));
  }

  private static String profile() throws IOException {
    return Files.readString(PROFILE);
  }

  /** Those that it has by default. */
  private static Set<String> chart() throws IOException {
    Matcher added = ADDED.matcher(Files.readString(CHART));
    assertThat(added.find()).isTrue();
    return NAME.matcher(added.group(1))
        .results()
        .map(name -> name.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * What cannot be done with these capabilities alone, and why.
   *
   * @param seccomp a profile; null: none
   * @param in a command that runs another
   */
  private static Map<String, String> failing(
      Set<String> capabilities, String seccomp, List<String> in) throws Exception {
    List<String> program =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AgentsWork.class.getName()));
    program.addAll(arguments);
    List<String> command = new ArrayList<>(in);
    command.addAll(new Confined(folder, capabilities, seccomp).command(program));
    Process work = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(work.getInputStream().readAllBytes());
    Map<String, String> how =
        said.lines()
            .map(line -> line.split(": ", 2))
            .filter(line -> line.length == 2 && ALL.contains(line[0]))
            .collect(Collectors.toMap(line -> line[0], line -> line[1]));
    assertThat(work.waitFor()).as(said).isZero();
    assertThat(how.keySet()).as(said).isEqualTo(ALL);
    how.values().removeIf("done"::equals);
    return how;
  }
}
