# Programs built from Go modules (tools/kube). Sourced by setup.

need_programs() { # need_programs FAMILY...
  local family
  for family in "$@"; do
    [[ " ${commands[*]} " != *"/build $family "* ]] || continue # another part needs it too
    "$here/kube/build" --check "$family" || { need_go && missing "$(program_version "$family"), built from Go modules" "$(build_minutes "$family")" "$here/kube/build $family "; }
  done
}

program_version() { # such as "etcd v3.6.8"
  local module
  case $1 in
    kubernetes) module=k8s.io/kubernetes ;;
    etcd) module=go.etcd.io/etcd/server/v3 ;;
    containerd) module=github.com/containerd/containerd/v2 ;;
    helm) module=helm.sh/helm/v4 ;;
  esac
  printf '%s %s' "$1" "$(awk -v module="$module" '$1 == module { print $2; exit }' "$here/kube/$1/go.mod")"
}

build_minutes() { # on two cores, from nothing
  case $1 in kubernetes) echo 7 ;; helm) echo 4 ;; *) echo 1 ;; esac
}

# Any Go from 1.21 on will do: it fetches the toolchain that go.mod asks for.
need_go() {
  PATH=$PATH:/usr/local/go/bin
  local version
  version=$(go env GOVERSION 2>/dev/null) && [[ $(printf 'go1.21\n%s\n' "$version" | sort -V | head -1) = go1.21 ]] ||
    [[ " ${packages_from_backports[*]} ${packages[*]} " == *" golang-go "* ]] ||
    { need_packages ca-certificates && need_packages_from_backports golang-go; }
}

# The folder for Fabric8's kube-api-test when this machine brings its own control plane: $KUBE_API_TEST_DIR, else one with
# links to what PATH has.
control_plane_of_machine() {
  local name path version dir
  if compgen -G "${KUBE_API_TEST_DIR:-/nowhere}/k8s/*-linux-amd64/kube-apiserver" >/dev/null; then
    printf '%s\n' "$KUBE_API_TEST_DIR"
    return
  fi
  for name in kube-apiserver etcd kubectl; do
    path=$(command -v "$name") && [ "$path" != "$cache/bin/$name" ] || return
  done
  version=$(kube-apiserver --version | sed -n 's/^Kubernetes v//p')
  dir=$cache/kube-api-test-from-path/k8s/$version-linux-amd64
  mkdir -p "$dir"
  for name in kube-apiserver etcd kubectl; do ln -sfn "$(command -v "$name")" "$dir/$name"; done
  printf '%s\n' "${dir%/k8s/*}"
}
