// Which of some page frames are free? A page that waits in a CPU's list of free ones carries no flag that would tell it
// from one that the kernel uses; only its reference count of 0 does, which lies in its struct page.
#include "free.h"
#include "page_table.h"

char LICENSE[] SEC("license") = "GPL";

// Set before a run; is_free is the answer. Where a frame is the first of a block of free ones, order is its logarithm.
__u32 asked = 0;
__u32 frame[FREE_AT_ONCE] = {};
bool is_free[FREE_AT_ONCE] = {};
__u8 order[FREE_AT_ONCE] = {};

// Address of frame 0's struct page; 0 until found. The others follow it.
static __u64 memory_map;

// The frame behind a kernel address that is mapped by a page of 4 KiB; 0 if there is none.
static __always_inline __u64
frame_of(__u64 pgd, __u64 address)
{
  __u64 table = pgd, entry;
  if (five_levels)
    {
      entry = read_entry(table, address, PGD_SHIFT);
      if (!(entry & ENTRY_PRESENT))
        return 0;
      table = table_of(direct_map, entry);
    }
  entry = read_entry(table, address, P4D_SHIFT);
  if (!(entry & ENTRY_PRESENT))
    return 0;
  entry = read_entry(table_of(direct_map, entry), address, PUD_SHIFT);
  if (!(entry & ENTRY_PRESENT) || entry & ENTRY_HUGE)
    return 0;
  entry = read_entry(table_of(direct_map, entry), address, PMD_SHIFT);
  if (!(entry & ENTRY_PRESENT) || entry & ENTRY_HUGE)
    return 0;
  entry = read_entry(table_of(direct_map, entry), address, PAGE_SHIFT);
  return entry & ENTRY_PRESENT ? (entry & ENTRY_ADDRESS) >> PAGE_SHIFT : 0;
}

// The running task's kernel stack is mapped page by page, and the kernel keeps the struct page of each: so address and
// frame number of two struct pages are known, without any kernel symbol.
static __always_inline void
find_memory_map(void)
{
  struct task_struct *task = (struct task_struct *) bpf_get_current_task();
  if (!bpf_core_field_exists(task->stack_vm_area))
    return;
  __u64 pgd = (__u64) BPF_CORE_READ(task, mm, pgd), stack = (__u64) BPF_CORE_READ(task, stack);
  __u64 page[2] = {};
  bpf_probe_read_kernel(page, sizeof page, BPF_CORE_READ(task, stack_vm_area, pages));
  __u64 size = bpf_core_type_size(struct page);
  __u64 first = frame_of(pgd, stack), second = frame_of(pgd, stack + (1 << PAGE_SHIFT));
  if (first && second && page[0] - first * size == page[1] - second * size)
    memory_map = page[0] - first * size;
}

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
    find_memory_map();
  if (!memory_map)
    return 1;
  bpf_loop(asked, look_at, NULL, 0);
  return 0;
}
