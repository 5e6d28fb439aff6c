package io.hotfoot.operator.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.hotfoot.api.v1alpha1.NodePressurePolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands in README.md and docs/*.md, of all {@code sh} blocks that are not marked {@code sh
 * not-run}: kubectl's are run on a real API server, with dry run where they change something;
 * helm's values are rendered; make's targets are looked up.
 */
@ExtendWith(ControlPlane.class)
class DocCommandsIT {
  private static final Path ROOT = Path.of("..");
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```");
  private static final Set<String> CHANGES =
      Set.of("create", "apply", "patch", "delete", "label", "annotate");

  @TempDir private static Path folder;
  private static Helm helm;

  /** As it stands in a file, with what it reads from {@code <<EOF}. */
  record Command(Path file, List<String> words, String input) {
    @Override
    public String toString() {
      return file.getFileName() + ": " + String.join(" ", words);
    }
  }

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Helm.isThere(), "no helm: tools/setup builds it");
    helm = new Helm(folder, "");
    Files.writeString(folder.resolve("admin"), ControlPlane.kubeConfig());
  }

  /** What the examples talk about. */
  @BeforeEach
  void setTheScene() throws IOException, InterruptedException {
    kubectl(
        """
        {apiVersion: v1, kind: List, items: [
          {apiVersion: v1, kind: Namespace, metadata: {name: shop}},
          {apiVersion: v1, kind: Namespace, metadata: {name: hotfoot-system}},
          {apiVersion: eviction.hotfoot.io/v1alpha1, kind: NodePressurePolicy, metadata: {name: relief},
           spec: {triggers: [{resource: cpu, thresholdPercent: 100, window: 10s}]}}]}
        """,
        List.of("apply", "-f", "-"));
  }

  /** Other tests' operators would go by it. */
  @AfterEach
  void deletePolicy() {
    ControlPlane.client().resources(NodePressurePolicy.class).delete();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void works(Command command) throws IOException, InterruptedException {
    switch (command.words().getFirst()) {
      case "make" -> assertTarget(command.words().get(1));
      case "helm" -> assertRenders(command.words());
      case "kubectl" -> assertRuns(command);
      default -> throw new AssertionError("mark as ```sh not-run what no test can run: " + command);
    }
  }

  static Stream<Command> commands() throws IOException {
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      return Stream.concat(Stream.of(ROOT.resolve("README.md")), docs.sorted())
          .filter(it -> it.toString().endsWith(".md"))
          .flatMap(DocCommandsIT::commandsIn)
          .toList()
          .stream();
    }
  }

  private static Stream<Command> commandsIn(Path file) {
    try {
      return BLOCK
          .matcher(Files.readString(file))
          .results()
          .map(block -> block.group(1))
          .flatMap(block -> parse(file, block).stream())
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Command> parse(Path file, String block) {
    List<Command> commands = new ArrayList<>();
    List<String> lines = new ArrayList<>(block.replace("\\\n", " ").lines().toList());
    while (!lines.isEmpty()) {
      String line = lines.removeFirst().replaceFirst("(^|\\s)# .*", "").strip();
      StringBuilder input = new StringBuilder();
      if (line.endsWith("<<EOF")) {
        while (!lines.getFirst().equals("EOF")) {
          input.append(lines.removeFirst()).append('\n');
        }
        lines.removeFirst();
      }
      if (!line.isEmpty()) {
        String[] words = line.replace(" <<EOF", "").split("\\s+");
        commands.add(
            new Command(
                file,
                Arrays.stream(words).map(it -> it.replace("'", "")).toList(),
                input.toString()));
      }
    }
    return commands;
  }

  private static void assertTarget(String target) throws IOException {
    assertThat(Files.readString(ROOT.resolve("Makefile"))).containsPattern("(?m)^" + target + ":");
  }

  /** Installing and testing is ChartIT's: here it is whether the values are ones that it knows. */
  private static void assertRenders(List<String> words) {
    List<String> arguments =
        new ArrayList<>(List.of("template", "hotfoot", ChartCopy.CURRENT.toString()));
    for (int i = 0; i < words.size() - 1; i++) {
      if (words.get(i).equals("--set")) {
        arguments.add("--set=" + words.get(i + 1).replace("…", "registry.example.com/hotfoot:1"));
      }
    }
    assertThat(words.get(1)).isIn("install", "upgrade", "rollback", "test", "uninstall");
    Helm.Result result = helm.run(arguments.toArray(String[]::new));
    assertThat(result.isGood()).as(result.output()).isTrue();
  }

  private void assertRuns(Command command) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(command.words().subList(1, command.words().size()));
    if (arguments.getFirst().equals("hotfoot")) {
      assertThat(arguments.get(1))
          .isIn("top", "explain", "check", "evict", "live"); // KubectlHotfootIT
      return;
    }
    arguments.remove("-w");
    if (arguments.getFirst().equals("create")) {
      deletePolicy(); // an example creates one of this name
    }
    if (CHANGES.contains(arguments.getFirst())) {
      arguments.add("--dry-run=server");
      if (arguments.getFirst().equals("create") && arguments.contains("namespace")) {
        arguments.set(arguments.indexOf("namespace") + 1, "not-yet-there");
      }
    }
    kubectl(command.input(), arguments);
  }

  private static void kubectl(String input, List<String> arguments)
      throws IOException, InterruptedException {
    String cache = Objects.requireNonNullElse(System.getenv("HOTFOOT_CACHE"), "/var/cache/hotfoot");
    List<String> command = new ArrayList<>(List.of(cache + "/bin/kubectl"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", folder.resolve("admin").toString());
    Process process = builder.start();
    try (var out = process.getOutputStream()) {
      out.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }
}
