// Finds the kernel's direct map of physical memory and its array of struct pages, by what is known of the process that
// asks. No kernel symbol is needed, so kernels that hide theirs will do.
#include "page_table.h"

#define DIRECT_MAP_TRIES 65536 // GiB below a known address

char LICENSE[] SEC("license") = "GPL";

const volatile bool five_levels = false;
__u64 direct_map = 0;
__u64 memory_map = 0;
// Set before the run: where in its own memory the asking process has which value, one that stands nowhere else.
__u64 probe_address = 0, probe_value = 0;

// The physical address behind an address that is mapped by a page of 4 KiB; 0 if there is none.
static __always_inline __u64
physical(__u64 base, __u64 pgd, __u64 address)
{
  __u64 table = pgd, entry;
  if (five_levels)
    {
      entry = read_entry(table, address, PGD_SHIFT);
      if (!(entry & ENTRY_PRESENT))
        return 0;
      table = table_of(base, entry);
    }
  entry = read_entry(table, address, P4D_SHIFT);
  if (!(entry & ENTRY_PRESENT))
    return 0;
  entry = read_entry(table_of(base, entry), address, PUD_SHIFT);
  if (!(entry & ENTRY_PRESENT) || is_huge(entry))
    return 0;
  entry = read_entry(table_of(base, entry), address, PMD_SHIFT);
  if (!(entry & ENTRY_PRESENT) || is_huge(entry))
    return 0;
  entry = read_entry(table_of(base, entry), address, PAGE_SHIFT);
  return entry & ENTRY_PRESENT ? (entry & ENTRY_ADDRESS) | (address & ((1 << PAGE_SHIFT) - 1)) : 0;
}

struct search
{
  __u64 pgd; // the asking process's top-level page table: ordinary kernel memory, so its address lies in the direct map
};

// Is the direct map's base i GiB below the known address? It is if the process's value is found by way of it.
static long
try_direct_map(__u32 i, struct search *search)
{
  __u64 base = (search->pgd & ~(PUD_SIZE - 1)) - ((__u64) i << PUD_SHIFT), value = 0;
  __u64 address = physical(base, search->pgd, probe_address);
  if (!address)
    return 0;
  bpf_probe_read_kernel(&value, sizeof value, (void *) (base + address));
  if (value != probe_value)
    return 0;
  direct_map = base;
  return 1;
}

// The running task's kernel stack is mapped page by page, and the kernel keeps the struct page of each: so address and
// frame number of two struct pages are known.
static __always_inline void
find_memory_map(struct task_struct *task, __u64 pgd)
{
  if (!bpf_core_field_exists(task->stack_vm_area))
    return;
  __u64 stack = (__u64) BPF_CORE_READ(task, stack), page[2] = {};
  bpf_probe_read_kernel(page, sizeof page, BPF_CORE_READ(task, stack_vm_area, pages));
  __u64 size = bpf_core_type_size(struct page);
  __u64 first = physical(direct_map, pgd, stack) >> PAGE_SHIFT;
  __u64 second = physical(direct_map, pgd, stack + (1 << PAGE_SHIFT)) >> PAGE_SHIFT;
  if (first && second && page[0] - first * size == page[1] - second * size)
    memory_map = page[0] - first * size;
}

// Returns 0 when the direct map was found.
SEC("syscall")
int
find_kernel_memory(void *context)
{
  (void) context;
  struct task_struct *task = (struct task_struct *) bpf_get_current_task();
  struct search search = { .pgd = (__u64) BPF_CORE_READ(task, mm, pgd) };
  bpf_loop(DIRECT_MAP_TRIES, try_direct_map, &search, 0);
  if (!direct_map)
    return 1;
  find_memory_map(task, search.pgd);
  return 0;
}
