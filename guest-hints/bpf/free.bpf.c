// Which of some page frames are free? A page that waits in a CPU's list of free ones carries no flag that would tell it
// from one that the kernel uses; only its reference count of 0 does, which lies in its struct page.
#include "free.h"
#include "kernel_memory.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

// Set before a run; is_free is the answer. Where a frame is the first of a block of free ones, order is its logarithm.
__u32 asked = 0;
__u32 frame[FREE_AT_ONCE] = {};
bool is_free[FREE_AT_ONCE] = {};
__u8 order[FREE_AT_ONCE] = {};

static long
look_at(__u32 i, void *unused)
{
  (void) unused;
  if (i >= FREE_AT_ONCE)
    return 1;
  __u64 page = memory_map + frame[i] * (__u64) bpf_core_type_size(struct page), private = 0;
  int references = 1;
  bpf_probe_read_kernel(&references, sizeof references,
                        (void *) (page + bpf_core_field_offset(struct page, _refcount)));
  bpf_probe_read_kernel(&private, sizeof private, (void *) (page + bpf_core_field_offset(struct page, private)));
  is_free[i] = references == 0;
  order[i] = (__u8) private;
  return 0;
}

SEC("syscall")
int
find_free(void *context)
{
  (void) context;
  if (!memory_map)
    return 1;
  bpf_loop(asked, look_at, NULL, 0);
  return 0;
}
