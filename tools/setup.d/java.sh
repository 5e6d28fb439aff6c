# JDK 25. Sourced by setup.

find_jdk() { # prints the home of a JDK from 25 on: $JAVA_HOME, else the first under /usr/lib/jvm
  local home
  for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*25*; do
    [ -x "$home/bin/javac" ] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$home/release" 2>/dev/null || continue
    printf '%s\n' "$home"
    return
  done
  return 1
}

need_jdk() {
  find_jdk >/dev/null && return
  [ "$VERSION_CODENAME" != bookworm ] ||
    fail "$PRETTY_NAME has no package of JDK 25. Install one (any vendor's) under /usr/lib/jvm, or set JAVA_HOME to its folder, and run this again"
  need_packages openjdk-25-jdk-headless
}
