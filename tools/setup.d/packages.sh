# Packages of the distribution. Sourced by setup.

case $ID-${VERSION_ID:-} in
  debian-12) clang=(clang-16) bpftool=(bpftool) ;; # its own clang is too old to compile the collector's eBPF
  ubuntu-*) clang=(clang) bpftool=(linux-tools-common linux-tools-generic) ;;
  *) clang=(clang) bpftool=(bpftool) ;;
esac
lab_packages=(
  iproute2 iptables openssl runc containernetworking-plugins                      # cluster
  buildah podman mmdebstrap xorriso                                               # images
  make gcc libc6-dev dpkg-dev cpio zstd busybox-static jq python3 python3-libvirt python3-yaml # guests, stand-in
  "${clang[@]}" "${bpftool[@]}" libbpf-dev libelf-dev zlib1g-dev libroaring-dev rpm # hint collector
)
# Debian 12's own are too old: QEMU before 8.0 has no post-copy with preempt that libvirt could ask for.
lab_packages_from_backports=(qemu-system-x86 qemu-utils libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients)

packages=() packages_from_backports=()

need_packages() {
  local package
  for package in "$@"; do
    installed "$package" >/dev/null || packages+=("$package")
  done
}

need_packages_from_backports() {
  local package
  for package in "$@"; do
    if [ "$VERSION_CODENAME" = bookworm ]; then
      [[ $(installed "$package") == *~bpo12+* ]] || packages_from_backports+=("$package")
    else
      need_packages "$package"
    fi
  done
}

installed() { dpkg-query --show --showformat '${Version}\n${db:Status-Status}\n' "$1" 2>/dev/null | grep -B1 -x installed; }

# Turns what need_packages and need_packages_from_backports found into one task, to be done first.
collect_packages() {
  local all=("${packages[@]}" "${packages_from_backports[@]}")
  [ ${#all[@]} -gt 0 ] || return 0
  descriptions=("${#all[@]} packages: ${all[*]}" "${descriptions[@]}")
  minutes=(2 "${minutes[@]}") commands=(install_packages "${commands[@]}")
}

install_packages() {
  [ $EUID = 0 ] || fail "packages must be installed as root: run as root, or have an administrator install: ${packages[*]} ${packages_from_backports[*]}"
  [ ${#packages_from_backports[@]} = 0 ] || add_backports
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  [ ${#packages[@]} = 0 ] || apt-get install -qq --no-install-recommends "${packages[@]}" >/dev/null
  [ ${#packages_from_backports[@]} = 0 ] ||
    apt-get install -qq --no-install-recommends --target-release bookworm-backports "${packages_from_backports[@]}" >/dev/null
}

# Adds bookworm-backports with the address and key that apt's own source of bookworm names.
add_backports() {
  local sources=/etc/apt/sources.list.d/bookworm-backports.sources
  grep -qsE '^[^#]*\bbookworm-backports\b' /etc/apt/sources.list /etc/apt/sources.list.d/*.{list,sources} && return
  bookworm_source | sed 's/^Suites:.*/Suites: bookworm-backports/' >"$sources.new"
  grep -q '^URIs: ' "$sources.new" || fail 'found no apt source of bookworm in /etc/apt to take the address of bookworm-backports from: add bookworm-backports by hand'
  mv "$sources.new" "$sources"
}

# Prints apt's source of the suite bookworm in deb822 form, whichever form it has.
bookworm_source() {
  awk 'FNR == 1 { print "" } !/^#/' /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v RS= -v FS='\n' '
    /(^|\n)Suites:[^\n]* bookworm([ \n]|$)/ && !/(^|\n)Enabled: *no/ {
      for (i = 1; i <= NF; i++) if ($i ~ /^(Types|URIs|Suites|Signed-By):/) print $i
      print "Components: main"; found = 1; exit
    } END { exit !found }' ||
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
    sed -nE 's#^deb +(\[([^]]*)\] +)?([^ ]+) +bookworm +.*#\2|\3#p' | head -1 | awk -F'|' '{
      print "Types: deb\nURIs: " $2 "\nSuites: bookworm\nComponents: main"
      if (match($1, /signed-by=[^ ]+/)) print "Signed-By: " substr($1, RSTART + 10, RLENGTH - 10)
    }'
}
