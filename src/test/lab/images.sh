#!/usr/bin/env bash
# Builds images as archives $HOTFOOT_CACHE/images/NAME.tar, and lists of what is in them, NAME.cdx.json; only those whose inputs changed.
#   images.sh product    what users install: operator, agent, and hints-disk, which installs the collector in a VM
#   images.sh            also what the lab's nodes run: pause, kubevirt-standin, and guest-NAME for the workloads of the system tests
#   WORKLOAD=DIR images.sh     also guest-NAME for the workload in that folder, NAME being the folder's
#   BASE=IMAGE images.sh product    on another base than Debian: an image with a Java 25 as `java` and libvirt.so.0
#   REGISTRY=HOST/PATH TAG=… images.sh product    pushes them, too, to HOST/PATH/operator:TAG and so on, as buildah does
# An image is a folder with a Containerfile; where that has a program `context DIR` beside it, this makes what is copied.
# Built twice from the same sources, packages and JDK, an image is to have the same digest: files' times are set back to one day.
# What still differs at times: docs/decisions/0012-images.md.
set -Eeuo pipefail
: "${BASE:=}" "${REGISTRY:=}" "${TAG:=}"
export SOURCE_DATE_EPOCH=1767225600 # project.build.outputTimestamp of pom.xml
lab=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$lab/../../.." && pwd)
cache=${HOTFOOT_CACHE:-/var/cache/hotfoot}
eval "$("$root/tools/setup" --env)"

say() { printf '%s\n' "$*"; }

# Buildah with a store of its own in the cache; what it mounts is gone when it ends.
buildah() { unshare --mount buildah --root "$cache/buildah/root" --runroot "$cache/buildah/run" --storage-driver overlay "$@"; }

# build NAME FOLDER [CONTEXT [INPUTS]]: an image from FOLDER/Containerfile and the files in CONTEXT (default: the folder);
# INPUTS stands for all of them where the caller knows what they were made of.
build() {
  local name=$1 containerfile=$2/Containerfile context=${3:-$2} begun=$SECONDS inputs tag=localhost/hotfoot/$1:lab
  [ -e "$containerfile" ] || { say "image $name: no $containerfile yet, left out"; return; }
  inputs=${4:-$(image_inputs "$containerfile" "$context")}
  [ "$inputs" != "$(cat "$cache/images/.$name.inputs" 2>/dev/null)" ] || return 0
  buildah bud --quiet --layers --isolation chroot --timestamp "$SOURCE_DATE_EPOCH" --identity-label=false ${BASE:+--build-arg "BASE=$BASE"} \
    --label "org.opencontainers.image.version=$version" --tag "$tag" --file "$containerfile" "$context" >/dev/null
  if [[ $name != base-* ]]; then # nodes run no base image by itself
    rm -f "$cache/images/.$name.tar"
    buildah push --quiet --digestfile "$cache/images/.$name.digest" "$tag" "docker-archive:$cache/images/.$name.tar:$tag"
    mv "$cache/images/.$name.tar" "$cache/images/$name.tar"
  fi
  printf '%s\n' "$inputs" >"$cache/images/.$name.inputs"
  say "image $name: built in $((SECONDS - begun)) s"
}

# What the Java parts' images are made of lies in contexts/: built by Maven, all of one age, since the JVM takes its archive
# of classes only for jars of the same age.
build_java() { # build_java NAME FOLDER BASE
  local context=$cache/contexts/$1 base=()
  rm -rf "$context"
  mkdir -p "$context"
  cp -r "$2/target/quarkus-app" "$context/app"
  "$lab/images/in-order" "$context/app/quarkus/generated-bytecode.jar"
  cp "$2"/src/main/image/{java.options,classes.lst} "$context/app"
  [ -n "$BASE" ] || base=("$cache/contexts/$3"/{root.tar,java})
  "$lab/images/sbom" "$2/target/bom.json" "${base[@]}" >"$context/sbom.cdx.json"
  find "$context" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
  build "$1" "$2/src/main/image" "$context"
  cp "$context/sbom.cdx.json" "$cache/images/$1.cdx.json"
  push "$1"
}

build_hints_disk() {
  local context=$cache/contexts/hints-disk
  mkdir -p "$context"
  "$root/guest-hints/disk/context" "$context"
  build hints-disk "$root/guest-hints/disk" "$context"
  push hints-disk
}

push() { # push NAME, where there is a registry to push to
  [ -z "$REGISTRY" ] || buildah push "localhost/hotfoot/$1:lab" "$REGISTRY/$1:${TAG:-$version}"
}

# One hash of all that an image is made of: its Containerfile, the files that this copies, the image that it stands on.
image_inputs() { # image_inputs CONTAINERFILE CONTEXT
  local sources base
  mapfile -t sources < <(awk '/^(COPY|ADD) / { for (i = 2; i < NF; i++) if ($i !~ /^--/) print $i }' "$1")
  base=$(sed -nE 's#^(FROM |ARG BASE=)localhost/hotfoot/(.*):lab.*#\2#p' "$1")
  {
    cat "$1"
    printf '%s\n' "$BASE" "$version"
    [ -z "$base" ] || [ -n "$BASE" ] || cat "$cache/images/.$base.inputs"
    cd "$2"
    # shellcheck disable=SC2068 # a source may be a pattern
    tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 ${sources[@]}
  } | sha256sum
}

# build_with_context NAME: an image of images/NAME, whose files its program `context` makes when that folder or the JDK changed.
build_with_context() {
  local folder=$lab/images/$1 context=$cache/contexts/$1 inputs
  inputs=$(cat "$lab/images/debian-root" "$lab/images/base-java"/* "$folder"/* "$JAVA_HOME/release" | sha256sum)
  if [ "$inputs" != "$(cat "$context.inputs" 2>/dev/null)" ]; then
    rm -rf "$context"
    mkdir -p "$context"
    case $1 in base-*) say "image $1: making its files (about 1 min)" ;; esac
    "$folder/context" "$context"
    printf '%s\n' "$inputs" >"$context.inputs"
  fi
  build "$1" "$folder" "$context" "$inputs"
}

# The Java parts' images hold what Maven built; it builds again when a source is newer.
build_java_parts() {
  local part stale=()
  for part in operator node-agent/agent; do
    [ -z "$(newer_sources "$root/$part/target/quarkus-app/quarkus-run.jar")" ] || stale+=("$part")
  done
  [ ${#stale[@]} -gt 0 ] || return 0
  say "building ${stale[*]} (about 1 min)"
  # One hash code for all objects: sets of Quarkus' build that have an order by it have the same one each time.
  (cd "$root" && MAVEN_OPTS="$MAVEN_OPTS -XX:+UnlockExperimentalVMOptions -XX:hashCode=2" nice -n 5 mvn -q -B -ntp --projects "$(IFS=,; echo "${stale[*]}")" --also-make \
    -Dmaven.test.skip=true -Dspotless.check.skip=true -Dstyle.color=never package)
  for part in "${stale[@]}"; do touch "$root/$part/target/quarkus-app/quarkus-run.jar"; done # also when Quarkus kept the old one
}

newer_sources() { # newer_sources FILE: sources of the Java parts that are newer; all of them if there is no such file
  local newer=()
  [ ! -e "$1" ] || newer=(-newer "$1")
  find "$root/pom.xml" "$root/crds" "$root/operator" "$root/node-agent" \( -name target -o -path '*/src/test' \) -prune -o -type f "${newer[@]}" -print
}

build_guest() { # build_guest WORKLOAD_FOLDER
  local name context
  name=guest-$(basename "$1")
  context=$cache/contexts/$name
  [[ $name =~ ^[a-z0-9][a-z0-9._-]*$ ]] || { say "a workload's folder must have a name of a-z, 0-9, '.', '_' and '-': not '$1'" >&2; exit 1; }
  "$lab/guest/build" "$1" "$context"
  build "$name" "$lab/images/guest" "$context"
}

mkdir -p "$cache/images" "$cache/contexts"
exec {lock}<"$cache/images"
flock --nonblock $lock || { say 'waiting for other images to be built'; flock $lock; }
version=$(sed -n 's/^appVersion: "\(.*\)"/\1/p' "$root/helm/hotfoot/Chart.yaml")
if [ -z "$BASE" ]; then
  build_with_context base-java
  build_with_context base-libvirt
fi
build_java_parts
build_java operator "$root/operator" base-java
make --silent -C "$root/guest-hints" target/hotfoot-host-hints
cp "$root/guest-hints/target/hotfoot-host-hints" "$root/node-agent/agent/target/quarkus-app/"
build_java agent "$root/node-agent/agent" base-libvirt
build_hints_disk
[ "${1:-}" != product ] || exit 0
build_with_context pause
build_with_context base-standin
build kubevirt-standin "$lab/standin"
for workload in "$lab"/workloads/{scattered,memcached} ${WORKLOAD:+"$WORKLOAD"}; do build_guest "$(realpath "$workload")"; done
