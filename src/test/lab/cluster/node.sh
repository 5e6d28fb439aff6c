# A node: namespaces of its own (mount, process, host name, IPC, cgroup, network), its own root with the machine's /usr
# read-only under it, and in it containerd and kubelet, started by node-init. Sourced after names.sh, cgroups.sh and pki.sh.

start_node() { # start_node NODE
  local node=$1 dir=$lab_dir/$1
  make_cgroup "$node"
  make_root "$node" "$dir/root"
  copy_image_store "$dir/root/var/lib/containerd"
  start "$node" "$dir/node.log" unshare --mount --uts --ipc --cgroup \
    "$here/cluster/node-init" "$node" "$(node_address "$node")" "$dir/root" "$bin" "$(hierarchies)"
}

make_root() { # make_root NODE ROOT
  local node=$1 root=$2 link file
  mkdir -p "$root"/{usr,proc,sys,dev,run,old,root,opt/cni/bin,opt/hotfoot/bin,mnt,etc/cni/net.d,etc/containerd,etc/kubernetes}
  mkdir -p "$root"/var/{cache,lib/kubelet/seccomp,lib/containerd,log/pods,log/node}
  mkdir -p -m 1777 "$root"/{tmp,var/tmp}
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  ln -s ../run "$root/var/run"
  ln -s /proc/self/mounts "$root/etc/mtab"
  # What the machine's programs under /usr need of /etc.
  for file in passwd group nsswitch.conf alternatives ld.so.cache ld.so.conf ld.so.conf.d protocols services; do
    [ ! -e "/etc/$file" ] || cp -a "/etc/$file" "$root/etc/"
  done
  cp /usr/lib/cni/{bridge,host-local,loopback} "$root/opt/cni/bin/"
  printf '127.0.0.1 localhost\n%s %s\n' "$(node_address "$node")" "$node" >"$root/etc/hosts"
  # No name server listens there: a name that a pod asks for is refused at once instead of after a timeout.
  echo "nameserver $api_address" >"$root/etc/resolv.conf"
  tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"

  cp "$pki/ca.crt" "$pki/$node.crt" "$pki/$node.key" "$root/etc/kubernetes/"
  cp "$pki/$node.kubeconfig" "$root/etc/kubernetes/kubeconfig"
  cp "$here/cluster/containerd.toml" "$root/etc/containerd/config.toml"
  node_template kubelet.yaml "$node" >"$root/etc/kubernetes/kubelet.yaml"
  # The agent's seccomp profile, with what its look at page tables takes: install-hotfoot --set agent.seccompProfile=hotfoot-agent.json
  sed 's/"process_vm_readv"]/"process_vm_readv", "bpf", "perf_event_open"]/' "$here/../../../helm/hotfoot/files/agent-seccomp.json" \
    >"$root/var/lib/kubelet/seccomp/hotfoot-agent.json"
  node_template pod-network.json "$node" >"$root/etc/cni/net.d/10-lab.conflist"
}

node_template() { # node_template FILE NODE: the file with its @...@ filled in
  sed -e "s|@node@|$2|g" -e "s|@node_address@|$(node_address "$2")|g" -e "s|@pod_range@|$(pod_range "$2")|g" \
    -e "s|@api_address@|$api_address|g" "$here/cluster/$1"
}

nodes_ready() { kubectl wait node "${nodes[@]}" --for=condition=Ready --timeout=2s; }
