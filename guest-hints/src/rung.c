#include "rung.h"
#include "cleanup.h"

#include <string.h>

int
rung_check(struct error *err)
{
  if (geteuid() != 0)
    return fail(err, 0, "not root: run it as root");
  if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
    return fail(err, 0, "the kernel does not describe its types (no /sys/kernel/btf/vmlinux): it needs "
                        "CONFIG_DEBUG_INFO_BTF");
  if (access("/proc/kpageflags", R_OK) < 0)
    return fail(err, 0, "the kernel does not tell page flags (no /proc/kpageflags): it needs CONFIG_PROC_PAGE_MONITOR");
  char lockdown[64] = "";
  cleanup_fclose FILE *file = fopen("/sys/kernel/security/lockdown", "re");
  if (file != NULL && fgets(lockdown, sizeof lockdown, file) != NULL && strstr(lockdown, "[confidentiality]") != NULL)
    return fail(err, 0, "kernel lockdown is at confidentiality, which forbids eBPF to read kernel memory: boot with "
                        "lockdown=integrity");
  return 0;
}
