package io.hotfoot.lab.bench;

import io.hotfoot.lab.pressure.Contention;
import io.hotfoot.lab.trial.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the enlightened way loses less work than the better stock way, and where more: a row a link
 * rate, a column a contention, the cell being the one's work lost ÷ the other's.
 */
final class Crossover {
  private final List<BenchSet> sets;

  Crossover(List<BenchSet> sets) {
    this.sets = sets;
  }

  List<String> head() {
    return Stream.concat(
            Stream.of("link"), contentions().map(contention -> "contention " + contention.label()))
        .toList();
  }

  /** Under {@link #head}; "–" where nothing was measured. */
  List<List<String>> rows() {
    var rows = new ArrayList<List<String>>();
    sets.stream()
        .map(BenchSet::link)
        .distinct()
        .forEach(
            link ->
                rows.add(
                    Stream.concat(Stream.of(link), contentions().map(it -> cell(link, it)))
                        .toList()));
    return rows;
  }

  private Stream<Contention> contentions() {
    return sets.stream().map(BenchSet::contention).distinct();
  }

  private String cell(String link, Contention contention) {
    return sets.stream()
        .filter(set -> set.link().equals(link) && set.contention() == contention)
        .findFirst()
        .map(set -> set.againstStock(Way.ENLIGHTENED.label()))
        .orElse("–");
  }
}
