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
  missing 'JDK 25' 1 install_jdk
}

install_jdk() {
  apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1 ||
    fail "$PRETTY_NAME has no package of JDK 25. Install one (any vendor's) under /usr/lib/jvm, or set JAVA_HOME to its folder, and run this again"
  [ $EUID = 0 ] || fail 'packages must be installed as root: run as root, or have an administrator install openjdk-25-jdk-headless'
  DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends openjdk-25-jdk-headless >/dev/null
}
