# The lab's network. Sourced after names.sh.
#
#   machine --host link-- [control plane: bridge "lan"] --veth, rate limited-- [node: eth0; bridge "cni0" -- pods]
#                         [control plane: bridge "vms"] --veth, unlimited----- [node: bridge "vms" -- VMs that want to]
#
# So VMs are reached, by IPv6 addresses of the link alone, over a network of their own: what they serve and what migrates
# does not contend. As with Multus' bridge plugin, a VM keeps its address on whichever node it is.

make_network() { # make_network MBIT|unlimited
  local control node
  control=$(part control-plane)
  ip netns add "$control"
  ip -n "$control" link set lo up
  ip -n "$control" link add lan type bridge
  ip -n "$control" address add "$api_address/24" dev lan
  ip -n "$control" address add "$api_service_address/32" dev lan
  ip -n "$control" link set lan up
  ip -n "$control" link add vms type bridge
  ip -n "$control" link set vms up
  ip netns exec "$control" sysctl -qw net.ipv4.ip_forward=1
  # What clients leave unsent to a VM that is gone would keep the namespace for minutes.
  ip netns exec "$control" sysctl -qw net.ipv4.tcp_orphan_retries=1
  make_host_link "$control"
  for node in "${nodes[@]}"; do make_node_link "$node" "$control"; done
  limit_rates "$1"
}

make_host_link() {
  local number=0
  while [ -e "/sys/class/net/hotfoot$number" ]; do number=$((number + 1)); done
  [ $number -lt 256 ] || fail 'no address left for one more lab (198.18.0.0 to 198.18.255.0 are in use): take one down first'
  set_host_link $number
  ip link add "$host_link" type veth peer name host netns "$1"
  ip link set "$host_link" alias "hotfoot lab $name"
  ip address add "$host_address/30" dev "$host_link"
  ip link set "$host_link" up
  ip -n "$1" address add "$lab_address/30" dev host
  ip -n "$1" link set host up
}

make_node_link() { # make_node_link NODE CONTROL_NAMESPACE
  local node=$1 control=$2 other
  ip netns add "$(part "$node")"
  ip -n "$(part "$node")" link set lo up
  ip link add eth0 netns "$(part "$node")" type veth peer name "$node" netns "$control"
  ip -n "$(part "$node")" address add "$(node_address "$node")/24" dev eth0
  ip -n "$(part "$node")" link set eth0 up
  ip -n "$(part "$node")" route add default via "$api_address"
  ip -n "$control" link set "$node" master lan up
  ip -n "$control" route add "$(pod_range "$node")" via "$(node_address "$node")"
  for other in "${nodes[@]}"; do
    [ "$other" = "$node" ] || ip -n "$(part "$node")" route add "$(pod_range "$other")" via "$(node_address "$other")"
  done
  ip netns exec "$(part "$node")" sysctl -qw net.ipv4.ip_forward=1
  ip link add vms-link netns "$(part "$node")" type veth peer name "$node-vms" netns "$control"
  ip -n "$control" link set "$node-vms" master vms up
  ip -n "$(part "$node")" link add vms type bridge
  ip -n "$(part "$node")" link set vms-link master vms up
  ip -n "$(part "$node")" link set vms up
}

# The short queue (5 ms) keeps round trips short while the link is full, as a switch with small buffers does.
limit_rate() { # limit_rate NAMESPACE LINK MBIT|unlimited [MS]
  if [ "$3" = unlimited ]; then
    tc -n "$1" qdisc replace dev "$2" root noqueue
  else
    tc -n "$1" qdisc replace dev "$2" root tbf rate "$3mbit" burst 128kb latency "${4:-5}ms"
  fi
}

limit_rates() { # limit_rates MBIT|unlimited [MS]: of every node's link, both ways
  local node
  for node in "${nodes[@]}"; do
    limit_rate "$(part "$node")" eth0 "$@"
    limit_rate "$(part control-plane)" "$node" "$@"
  done
}

# In a chain of its own: kubelet has others there.
lose_packets() { # lose_packets PERCENT: of what the nodes and their pods send each other; not of what goes to the control plane
  local node other to hook chain=hotfoot-lab
  for node in "${nodes[@]}"; do
    in_node() { ip netns exec "$(part "$node")" iptables --wait "$@"; }
    in_node --new-chain $chain 2>/dev/null || in_node --flush $chain
    for hook in OUTPUT FORWARD; do
      in_node --check $hook --jump $chain 2>/dev/null || in_node --insert $hook --jump $chain
    done
    [ "$1" != 0 ] || continue
    for other in "${nodes[@]}"; do
      [ "$other" != "$node" ] || continue
      for to in "$(node_address "$other")" "$(pod_range "$other")"; do
        in_node --append $chain --destination "$to" --match statistic --mode random \
          --probability "$(awk -v percent="$1" 'BEGIN { print percent / 100 }')" --jump DROP
      done
    done
  done
}

remove_network() {
  local one
  for one in "${parts[@]}"; do
    [ -e "/run/netns/$(part "$one")" ] && ip netns delete "$(part "$one")"
  done
  wait_for 120 'the end of the link to the machine' no_host_link
}

# The kernel removes it with the control plane's namespace, some time later.
no_host_link() { ! grep -qsx "hotfoot lab $name" /sys/class/net/hotfoot*/ifalias; }
