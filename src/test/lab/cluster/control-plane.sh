# etcd, API server, controller manager and scheduler: processes of the machine in the control plane's network namespace.
# Sourced after names.sh, cgroups.sh and pki.sh.

control_plane_dir=$lab_dir/control-plane

start_control_plane() {
  local dir=$control_plane_dir
  mkdir "$dir"
  make_cgroup control-plane
  start_etcd
  start_api_server
  # Both retry until the API server answers.
  start control-plane "$dir/kube-controller-manager.log" "$bin/kube-controller-manager" \
    --kubeconfig="$pki/controller-manager.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false \
    --use-service-account-credentials=true --service-account-private-key-file="$pki/service-account.key" --root-ca-file="$pki/ca.crt" \
    --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key"
  start control-plane "$dir/kube-scheduler.log" "$bin/kube-scheduler" \
    --kubeconfig="$pki/scheduler.kubeconfig" --bind-address=127.0.0.1 --leader-elect=false
}

# A lab's data need not survive a power cut, so etcd does not wait for the disk.
start_etcd() {
  local dir=$control_plane_dir
  start control-plane "$dir/etcd.log" "$bin/etcd" --data-dir="$dir/etcd" --unsafe-no-fsync \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 --listen-peer-urls=http://127.0.0.1:2380
}

start_api_server() {
  start control-plane "$control_plane_dir/kube-apiserver.log" "$bin/kube-apiserver" \
    --etcd-servers=http://127.0.0.1:2379 --bind-address=0.0.0.0 --secure-port=443 --advertise-address="$api_address" \
    --service-cluster-ip-range="$service_range" --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction \
    --allow-privileged=true --client-ca-file="$pki/ca.crt" \
    --tls-cert-file="$pki/api-server.crt" --tls-private-key-file="$pki/api-server.key" \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/service-account.pub" --service-account-signing-key-file="$pki/service-account.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$pki/api-server-as-kubelet-client.crt" --kubelet-client-key="$pki/api-server-as-kubelet-client.key"
}

api_ready() { kubectl get --raw /readyz --request-timeout=2s; }
