# Names, places and addresses of one lab. Sourced, with $name set to the lab's name.
# Whatever a lab makes outside $lab_dir carries its name, so that `lab down` finds it with nothing but that name.
cache=${HOTFOOT_CACHE:-/var/cache/hotfoot}
bin=$cache/bin
image_store=$cache/image-store

labs_dir=/var/lib/hotfoot-lab
lab_dir=$labs_dir/$name
kubeconfig=$lab_dir/kubeconfig

# Parts of a lab: each has a network namespace and a cgroup of the name "hotfoot-<lab>-<part>".
nodes=(node-a node-b)
parts=(control-plane "${nodes[@]}")
part() { printf 'hotfoot-%s-%s' "$name" "$1"; }

# These networks exist inside the lab's own network namespaces only, so every lab uses the same.
api_address=10.99.0.1
api_service_address=10.96.0.1
service_range=10.96.0.0/16
node_address() { case $1 in node-a) echo 10.99.0.11 ;; node-b) echo 10.99.0.12 ;; esac; }
pod_range() { case $1 in node-a) echo 10.244.1.0/24 ;; node-b) echo 10.244.2.0/24 ;; esac; }

# The one link to the machine: host_link (host_address) on the machine, lab_address in the control plane's namespace.
# Labs are numbered for it. 198.18.0.0/15 is set aside for benchmarks (RFC 2544), so no real network uses it.
set_host_link() { # set_host_link NUMBER
  host_link=hotfoot$1
  host_address=198.18.$1.1
  lab_address=198.18.$1.2
}

say() { printf '%s\n' "$*"; }
fail() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; fails naming WHAT when the time is over.
wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $deadline ] || fail "$what did not happen in time; see the logs in $lab_dir"
    sleep 0.1
  done
}

kubectl() { "$bin/kubectl" --kubeconfig "$kubeconfig" "$@"; }
