# JDK 25. Sourced by setup.

find_jdk() { # prints the home of a JDK from 25 on: $JAVA_HOME, else the first under /usr/lib/jvm, else the one made here
  local home
  for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/*25* "$cache/jdk"; do
    [ -x "$home/bin/javac" ] && grep -qE '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$home/release" 2>/dev/null || continue
    printf '%s\n' "$home"
    return
  done
  return 1
}

need_jdk() {
  find_jdk >/dev/null && return
  if [ "$VERSION_CODENAME" = bookworm ]; then
    need_packages patchelf
    missing "JDK 25, Debian 13's with a C library of its own" 1 make_jdk
  else
    need_packages openjdk-25-jdk-headless
  fi
}

# Debian 12 has no JDK 25, and Debian 13's asks for a newer C library than Debian 12's. That one is put into the JDK's
# folder, for the JDK's programs alone.
make_jdk() {
  local work=$cache/jdk-25 root=$cache/jdk-25/root jdk package link program
  rm -rf "$work"
  mkdir -p "$work/lists/partial" "$root"
  bookworm_source | sed 's/^Suites:.*/Suites: trixie/' >"$work/trixie.sources"
  local apt=(apt-get -qq -o APT::Sandbox::User=root -o Dir::Etc::SourceList="$work/trixie.sources" -o Dir::Etc::SourceParts=/dev/null
    -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work")
  "${apt[@]}" update
  (cd "$work" && "${apt[@]}" download openjdk-25-{jdk,jre}-headless libc6 libgcc-s1 libstdc++6 zlib1g)
  for package in "$work"/*.deb; do dpkg-deb --extract "$package" "$root"; done
  jdk=$root/usr/lib/jvm/java-25-openjdk-amd64
  find "$jdk" -lname '/etc/java-25-openjdk/*' -print | while read -r link; do
    cp --remove-destination "$root$(readlink "$link")" "$link"
  done
  mkdir "$jdk/c-library"
  cp --dereference "$root"/usr/lib/x86_64-linux-gnu/lib*.so.? "$root/usr/lib64/ld-linux-x86-64.so.2" "$jdk/c-library"
  for program in "$jdk"/bin/* "$jdk/lib/jspawnhelper"; do
    patchelf --set-interpreter "$cache/jdk/c-library/ld-linux-x86-64.so.2" \
      --force-rpath --set-rpath '$ORIGIN/../c-library:$ORIGIN/../lib' "$program"
  done
  rm -rf "$cache/jdk"
  mv "$jdk" "$cache/jdk"
  rm -rf "$work"
}
