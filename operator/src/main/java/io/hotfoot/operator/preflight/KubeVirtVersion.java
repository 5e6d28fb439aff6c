package io.hotfoot.operator.preflight;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A release of KubeVirt, by its tag, as in v1.9.0. Any other text counts as newer than all. */
record KubeVirtVersion(int major, int minor) {
  private static final Pattern TAG = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})\\..*");

  static KubeVirtVersion parse(String text) {
    Matcher matcher = TAG.matcher(text);
    return matcher.matches()
        ? new KubeVirtVersion(
            Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)))
        : new KubeVirtVersion(Integer.MAX_VALUE, 0);
  }

  boolean isAtLeast(int wantedMajor, int wantedMinor) {
    return major > wantedMajor || (major == wantedMajor && minor >= wantedMinor);
  }
}
