# The lab's cgroups: one for each part in every hierarchy that the machine has mounted. Sourced after names.sh.
# A machine has cgroup2 alone, or cgroup v1 controllers beside a cgroup2 without controllers ("hybrid").

# Prints a line a hierarchy: mount point, file system type, options.
hierarchies() { findmnt --raw --noheadings --types cgroup,cgroup2 --output TARGET,FSTYPE,FS-OPTIONS | grep '^/sys/fs/cgroup'; }
cgroup2_mount() { hierarchies | awk '$2 == "cgroup2" { print $1; exit }'; }
cgroup2_only() { [ "$(cgroup2_mount)" = /sys/fs/cgroup ]; }

make_cgroup() { # make_cgroup PART
  local mount type controller
  while read -r mount type _; do
    local dir=$mount/$(part "$1")
    if [ "$type" = cgroup2 ]; then
      for controller in $(cat "$mount/cgroup.controllers"); do echo "+$controller" >"$mount/cgroup.subtree_control"; done
    fi
    mkdir -p "$dir"
    if [ -e "$dir/cpuset.cpus" ] && [ "$type" = cgroup ]; then # a v1 cpuset starts empty and takes no process then
      cat "$mount/cpuset.cpus" >"$dir/cpuset.cpus"
      cat "$mount/cpuset.mems" >"$dir/cpuset.mems"
      echo 1 >"$dir/cgroup.clone_children"
    fi
  done < <(hierarchies)
}

enter_cgroup() { # enter_cgroup PART: moves the calling process and so all that it will start
  local mount
  while read -r mount _; do echo $BASHPID >"$mount/$(part "$1")/cgroup.procs"; done < <(hierarchies)
}

# start PART LOG COMMAND...: runs a command in the background, in the part's cgroup and network namespace.
start() {
  local where=$1 log=$2
  shift 2
  (
    enter_cgroup "$where"
    exec setsid ip netns exec "$(part "$where")" "$@"
  ) >"$log" 2>&1 </dev/null {lock}>&- &
}

kill_cgroup() { # kill_cgroup PART: kills every process in it and waits until none is left
  local dir
  dir=$(cgroup2_mount)/$(part "$1")
  [ -d "$dir" ] || return 0
  echo 1 >"$dir/cgroup.kill"
  wait_for 30 "the end of all processes of $(part "$1")" grep -q '^populated 0' "$dir/cgroup.events"
}

remove_cgroup() { # remove_cgroup PART
  local mount
  while read -r mount _; do
    [ -d "$mount/$(part "$1")" ] || continue
    find "$mount/$(part "$1")" -depth -type d -exec rmdir {} +
  done < <(hierarchies)
}

# The cgroup of a node's Burstable pods, as virt-launchers are, that limits and counts CPU time.
vms_cgroup() { # vms_cgroup NODE CONTROLLER
  local mount=/sys/fs/cgroup
  cgroup2_only || mount=$(hierarchies | awk -v name=",$2," '$2 == "cgroup" && index("," $3 ",", name) { print $1; exit }')
  echo "$mount/$(part "$1")/kubepods/burstable"
}

# A short period, so that who is kept waiting waits briefly and often, as beside a busy neighbour.
squeeze_vms() { # squeeze_vms NODE PERCENT|off: its VMs get so much of one CPU together
  local dir period=10000 quota
  dir=$(vms_cgroup "$1" cpu)
  if cgroup2_only; then
    [ "$2" = off ] && quota=max || quota=$((period * $2 / 100))
    echo "$quota $period" >"$dir/cpu.max"
  else
    [ "$2" = off ] && quota=-1 || quota=$((period * $2 / 100))
    # A v1 group may not give one below it more than it has itself, not even as a limit.
    find "$dir" -mindepth 1 -name cpu.cfs_quota_us | while read -r file; do echo -1 >"$file"; done
    echo "$period" >"$dir/cpu.cfs_period_us"
    echo "$quota" >"$dir/cpu.cfs_quota_us"
  fi
}

# CPU time that a node's VMs have taken so far, ms.
cpu_time_of_vms() { # cpu_time_of_vms NODE
  if cgroup2_only; then
    awk '$1 == "usage_usec" { print int($2 / 1000) }' "$(vms_cgroup "$1" cpu)/cpu.stat"
  else
    echo $(($(<"$(vms_cgroup "$1" cpuacct)/cpuacct.usage") / 1000000))
  fi
}

# A node's VMs keep all memory that they have taken themselves: what else they were to give back, without swap, the OOM
# killer would take.
limit_page_cache() { # limit_page_cache NODE MIB|off: what its VMs and their like have of files in memory fits in so much
  local dir limit usage=memory.usage_in_bytes max=memory.limit_in_bytes cached=total_cache shared=total_shmem
  ! cgroup2_only || { usage=memory.current max=memory.max cached=file shared=shmem; }
  dir=$(vms_cgroup "$1" memory)
  if [ "$2" = off ]; then
    cgroup2_only && limit=max || limit=-1
  else
    cached=$(awk -v cached=$cached -v shared=$shared '$1 == cached { n += $2 } $1 == shared { n -= $2 } END { print n }' "$dir/memory.stat")
    limit=$(($(<"$dir/$usage") - cached + $2 * 1024 * 1024))
  fi
  echo "$limit" >"$dir/$max"
}

stalled_ms() { # stalled_ms NODE RESOURCE: for how long some process of the node has waited, as its own PSI counts
  awk '$1 == "some" { sub("total=", "", $5); print int($5 / 1000) }' "$(cgroup2_mount)/$(part "$1")/$2.pressure"
}
