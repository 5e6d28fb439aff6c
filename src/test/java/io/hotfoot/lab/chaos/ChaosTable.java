package io.hotfoot.lab.chaos;

import io.hotfoot.lab.trial.Table;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Fault × step × outcome, and how often each was seen. */
final class ChaosTable {
  private static final List<String> HEAD =
      List.of("fault", "step", "outcome", "guest", "runs", "did not hold");

  private ChaosTable() {}

  static String text(List<ChaosResult> results) {
    Map<List<String>, List<ChaosResult>> kinds =
        results.stream()
            .collect(Collectors.groupingBy(ChaosTable::kind, orderedMap(), Collectors.toList()));
    return Table.text(HEAD, kinds.entrySet().stream().map(ChaosTable::row).toList());
  }

  private static List<String> kind(ChaosResult result) {
    return List.of(result.fault(), result.step(), result.outcome(), fate(result));
  }

  private static String fate(ChaosResult result) {
    return result.guest() == ChaosResult.Fate.lost && result.lostAllowed()
        ? "lost, as must be"
        : "" + result.guest();
  }

  private static Supplier<Map<List<String>, List<ChaosResult>>> orderedMap() {
    return () -> new TreeMap<>(Comparator.comparing(kind -> String.join("\t", kind)));
  }

  private static List<String> row(Map.Entry<List<String>, List<ChaosResult>> kind) {
    var row = new ArrayList<>(kind.getKey());
    row.add("" + kind.getValue().size());
    long broken = kind.getValue().stream().filter(it -> !it.holds()).count();
    row.add(broken == 0 ? "" : "" + broken);
    return row;
  }
}
