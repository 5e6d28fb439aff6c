# The lab's own certificate authority, certificates and kubeconfigs, all in $lab_dir/pki. Sourced after names.sh.
pki=$lab_dir/pki

make_pki() {
  local node
  mkdir -m 700 "$pki"
  make_key ca
  openssl req -x509 -new -key "$pki/ca.key" -out "$pki/ca.crt" -days 3650 -subj /CN=hotfoot-lab-ca
  make_key service-account
  openssl pkey -in "$pki/service-account.key" -pubout -out "$pki/service-account.pub"

  certify api-server /CN=kube-apiserver serverAuth \
    "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:$api_service_address,IP:$api_address,IP:$lab_address"
  certify api-server-as-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
  certify admin /O=system:masters/CN=hotfoot-lab-admin clientAuth
  certify controller-manager /CN=system:kube-controller-manager clientAuth
  certify scheduler /CN=system:kube-scheduler clientAuth
  for node in "${nodes[@]}"; do
    certify "$node" "/O=system:nodes/CN=system:node:$node" clientAuth,serverAuth "DNS:$node,IP:$(node_address "$node")"
  done

  write_kubeconfig "$kubeconfig" "$lab_address" admin
  for one in controller-manager scheduler "${nodes[@]}"; do write_kubeconfig "$pki/$one.kubeconfig" "$api_address" "$one"; done
}

make_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$pki/$1.key"; }

certify() { # certify NAME SUBJECT EXTENDED_KEY_USAGE [SUBJECT_ALTERNATIVE_NAMES]
  make_key "$1"
  openssl req -new -key "$pki/$1.key" -subj "$2" |
    openssl x509 -req -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -days 3650 -out "$pki/$1.crt" \
      -extfile <(printf 'extendedKeyUsage=%s\n%s\n' "$3" "${4:+subjectAltName=$4}") 2>"$pki/openssl.log" ||
    fail "openssl could not sign $1: $(cat "$pki/openssl.log")"
}

write_kubeconfig() { # write_kubeconfig FILE API_ADDRESS CERTIFICATE_NAME
  (umask 077 && cat >"$1") <<YAML
apiVersion: v1
kind: Config
clusters: [{name: $name, cluster: {server: "https://$2", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}}]
users: [{name: $3, user: {client-certificate-data: $(base64 -w0 "$pki/$3.crt"), client-key-data: $(base64 -w0 "$pki/$3.key")}}]
contexts: [{name: $name, context: {cluster: $name, user: $3}}]
current-context: $name
YAML
}
