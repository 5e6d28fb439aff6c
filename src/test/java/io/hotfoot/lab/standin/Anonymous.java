package io.hotfoot.lab.standin;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes out of a text what differs from run to run: names, UIDs, times, addresses. Nodes become
 * their role: the migration's source, or its target.
 */
final class Anonymous {
  private record Rule(Pattern pattern, String replacement) {}

  private static final String TIME = "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(Z| \\+0000 UTC)";

  private final List<Rule> rules;

  /**
   * @param namespace the VM's
   * @param vmi the VM's name
   * @param migration the migration's name
   * @param source the node that has the VM at first
   */
  Anonymous(String namespace, String vmi, String migration, String source) {
    rules =
        List.of(
            rule(TIME, "<time>"),
            rule("[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", "<uid>"),
            rule("virt-launcher-" + Pattern.quote(vmi) + "-[a-z0-9]{5}", "<pod>"),
            rule("\\b(\\d{1,3}\\.){3}\\d{1,3}\\b", "<ip>"),
            rule("on ports: [\\d,]+", "on ports: <ports>"),
            rule("localhost/[^\\s\"]+", "<image>"),
            rule("\\[" + Pattern.quote(namespace) + "/", "[<namespace>/"),
            rule("pod " + Pattern.quote(namespace) + "/", "pod <namespace>/"),
            rule(word(migration), "<migration>"),
            rule(word(vmi), "<vmi>"),
            rule(word(source), "<source>"),
            rule("(?<![\\w/.-])(n[12]|node-[ab])(?![\\w/.-]*[\\w/-])", "<target>"));
  }

  String text(String text) {
    var result = text;
    for (var rule : rules) {
      result = rule.pattern.matcher(result).replaceAll(rule.replacement);
    }
    return result;
  }

  private static Rule rule(String regex, String replacement) {
    return new Rule(Pattern.compile(regex), replacement);
  }

  /** The word by itself, not as a part of a longer name. */
  private static String word(String word) {
    return "(?<![\\w.-])" + Pattern.quote(word) + "(?![\\w-])";
  }
}
