package io.hotfoot.operator.pressure;

import java.util.Optional;

/**
 * What is best for a pressed node.
 *
 * @param pick nothing where nothing good can be done
 * @param explanation each VM's score, or why it stays
 */
record Choice(Optional<Pick> pick, String explanation) {
  record Pick(Candidate vm, String target) {}
}
