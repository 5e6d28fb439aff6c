# Post-copy needs userfaultfd in a QEMU that is not root: a setting of the whole machine. The first lab turns it on, the
# last one gives it its earlier value back. Sourced after names.sh.
userfaultfd_setting=/proc/sys/vm/unprivileged_userfaultfd
userfaultfd_before=$labs_dir/.userfaultfd-before

allow_userfaultfd() {
  [ -e $userfaultfd_setting ] || return 0 # a kernel without userfaultfd: post-copy says so itself
  [ -e "$userfaultfd_before" ] || cat $userfaultfd_setting >"$userfaultfd_before"
  echo 1 >$userfaultfd_setting
}

restore_userfaultfd() {
  [ -e "$userfaultfd_before" ] || return 0
  [ -z "$(ls "$labs_dir")" ] || return 0 # other labs still need it
  cat "$userfaultfd_before" >$userfaultfd_setting
  rm "$userfaultfd_before"
}
