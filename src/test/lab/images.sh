#!/usr/bin/env bash
# Builds the images that the lab's nodes run, as archives $HOTFOOT_CACHE/images/NAME.tar; only those whose inputs changed.
#   images.sh            all: pause, operator, agent, kubevirt-standin, and guest-NAME for each folder NAME in workloads/
#   WORKLOAD=DIR images.sh     also guest-NAME for the workload in that folder, NAME being the folder's
# An image is a folder with a Containerfile; where that has a program `context DIR` beside it, this makes what is copied.
set -Eeuo pipefail
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
  buildah bud --quiet --layers --isolation chroot --tag "$tag" --file "$containerfile" "$context" >/dev/null
  if [[ $name != base-* ]]; then # nodes run no base image by itself
    rm -f "$cache/images/.$name.tar"
    buildah push --quiet "$tag" "docker-archive:$cache/images/.$name.tar:$tag"
    mv "$cache/images/.$name.tar" "$cache/images/$name.tar"
  fi
  printf '%s\n' "$inputs" >"$cache/images/.$name.inputs"
  say "image $name: built in $((SECONDS - begun)) s"
}

# One hash of all that an image is made of: its Containerfile, the files that this copies, the image that it stands on.
image_inputs() { # image_inputs CONTAINERFILE CONTEXT
  local sources base
  mapfile -t sources < <(awk '/^(COPY|ADD) / { for (i = 2; i < NF; i++) if ($i !~ /^--/) print $i }' "$1")
  base=$(sed -n 's#^FROM localhost/hotfoot/\(.*\):lab.*#\1#p' "$1")
  {
    cat "$1"
    [ -z "$base" ] || cat "$cache/images/.$base.inputs"
    cd "$2"
    # shellcheck disable=SC2068 # a source may be a pattern
    tar --create --sort=name --mtime=@0 --owner=0 --group=0 ${sources[@]}
  } | sha256sum
}

# build_with_context NAME: an image of images/NAME, whose files its program `context` makes when that folder or the JDK changed.
build_with_context() {
  local folder=$lab/images/$1 context=$cache/contexts/$1 inputs
  inputs=$(cat "$lab/images/debian-root" "$folder"/* "$JAVA_HOME/release" | sha256sum)
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
    [ -e "$root/$part/Containerfile" ] || continue
    [ -z "$(newer_sources "$root/$part/target/quarkus-app/quarkus-run.jar")" ] || stale+=("$part")
  done
  [ ${#stale[@]} -gt 0 ] || return 0
  say "building ${stale[*]} (about 1 min)"
  (cd "$root" && nice -n 5 mvn -q -B -ntp --projects "$(IFS=,; echo "${stale[*]}")" --also-make \
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
build_with_context pause
build_with_context base-java
build_with_context base-standin
build_java_parts
build operator "$root/operator"
build agent "$root/node-agent/agent"
build kubevirt-standin "$lab/standin"
for workload in "$lab"/workloads/*/ ${WORKLOAD:+"$WORKLOAD"}; do build_guest "$(realpath "$workload")"; done
