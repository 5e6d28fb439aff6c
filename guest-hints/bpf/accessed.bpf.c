// Which page frames have the guest's processes accessed? Walks the page tables of every process and notes each frame
// whose entry has the accessed bit; when asked also those that are mapped at all.
//
// Runs as an iterator over all VMAs of all tasks (iter/task_vma), or of one: a node looks in this way at a guest's memory,
// as its QEMU has it mapped. Page tables are read through the kernel's direct map of physical memory; nothing of the kernel
// is changed. Its output: the process of each VMA that was accessed, a __u32.
#include "frames.h"
#include "page_table.h"

#define VMA_CHUNKS_MAX (1 << 22) // 8 TiB of one VMA
#define GROUP 8                  // entries: a cache line
#define GROUP_SIZE ((__u64) GROUP << PAGE_SHIFT)

// Set before loading.
const volatile __u32 collector_tgid = 0; // the daemon: its own and its children's pages are no one's working set

// Set before each walk: what to OR into the byte of any frame that is mapped.
__u8 mapped_bit = 0;

// Set before each walk of one process: only the pages from watched_start to watched_end are looked at, and noted by
// their place instead of their frame. The 2 MiB that watched_start lies in begin at watched_place, a multiple of ENTRIES.
__u64 watched_start = 0, watched_end = 0, watched_place = 0;

// Of the process that was walked first; another one is never walked where one is watched.
__u32 first_tgid = 0;
bool met_others = false;

frames_map frames SEC(".maps");

struct table
{
  __u64 entry[ENTRIES];
};

// The page table that is being walked: too large for the stack.
struct
{
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, __u32);
  __type(value, struct table);
} copy SEC(".maps");

static __always_inline __u8
bits_of(__u64 entry)
{
  return entry & ENTRY_ACCESSED ? FRAME_SEEN | mapped_bit : mapped_bit;
}

// What the page at `address`, which is mapped to `frame`, is noted by.
static __always_inline __u64
number_of(__u64 address, __u64 frame)
{
  return watched_end ? watched_place + ((address - (watched_start & ~(PMD_SIZE - 1))) >> PAGE_SHIFT) : frame;
}

// Notes all 512 frames from `frame` on, eight at a time.
static __always_inline void
note_span(__u64 frame, __u8 bits)
{
  __u32 key = frame / ACCESSED_CHUNK;
  __u8 *chunk = bpf_map_lookup_elem(&frames, &key);
  if (!chunk)
    return;
  __u64 *eight = (__u64 *) (chunk + (frame & (ACCESSED_CHUNK - ENTRIES)));
#pragma unroll
  for (int i = 0; i < ENTRIES / 8; i++)
    eight[i] |= bits * 0x0101010101010101ULL;
}

struct range
{
  __u64 start, end; // addresses, of the VMA
  __u64 pgd;        // kernel address of the top-level table
  __u64 chunk;      // address of the 2 MiB that are being looked at
  __u64 first;      // address that the first entry of `table` maps
  __u64 skip;       // nothing is mapped below this address
  __u32 group;      // of entries of `table`
  __u32 wanted;     // a bit for each of its entries that is still to be looked at
  struct table *table;
  bool accessed;    // some page of it
};

// Looks at the first of the wanted entries of the group.
static long
note_page(__u32 unused, struct range *range)
{
  (void) unused;
  __u32 first = range->wanted & -range->wanted;
  __u32 ones = first - 1; // as many as its number; to count them takes no branches, each of which the verifier follows twice
  ones -= ones >> 1 & 0x55;
  ones = (ones & 0x33) + (ones >> 2 & 0x33);
  __u32 i = (ones + (ones >> 4)) & 0xf;
  range->wanted ^= first;
  __u32 number = range->group * GROUP + i;
  __u64 entry = range->table->entry[number & (ENTRIES - 1)], address = range->first + ((__u64) number << PAGE_SHIFT);
  __u8 bits = bits_of(entry);
  if (!bits || !(entry & ENTRY_PRESENT) || entry & ENTRY_SPECIAL || address < range->start || address >= range->end)
    return 0;
  note(number_of(address, (entry & ENTRY_ADDRESS) >> PAGE_SHIFT), bits);
  if (entry & ENTRY_ACCESSED)
    range->accessed = true;
  return 0;
}

// Looks at the i-th GROUP of entries. In most none was accessed, which one test tells; and each further step of a bpf_loop
// costs more than that. An unrolled loop in place of the inner one takes the verifier more than a minute.
static long
note_group(__u32 i, struct range *range)
{
  const __u64 *entry = range->table->entry + (i & (ENTRIES / GROUP - 1)) * GROUP;
  __u32 shift = mapped_bit ? ENTRY_PRESENT_SHIFT : ENTRY_ACCESSED_SHIFT, wanted = 0, n = 0;
  if (!((entry[0] | entry[1] | entry[2] | entry[3] | entry[4] | entry[5] | entry[6] | entry[7]) >> shift & 1))
    return 0;
#pragma unroll
  for (int k = 0; k < GROUP; k++)
    {
      __u32 is = entry[k] >> shift & 1; // no branch: the verifier would follow both ways of each
      wanted |= is << k;
      n += is;
    }
  range->group = i;
  range->wanted = wanted;
  bpf_loop(n, note_page, range, 0);
  return 0;
}

// Looks at those of the 512 entries of the lowest table that map the VMA, and at their groups' others: small VMAs are
// many.
static __always_inline void
walk_table(struct range *range, __u64 table)
{
  __u64 end = range->end - range->chunk, first = 0;
  if (range->start > range->chunk)
    first = (range->start - range->chunk) / GROUP_SIZE;
  __u64 groups = ((end < PMD_SIZE ? end : PMD_SIZE) + GROUP_SIZE - 1) / GROUP_SIZE - first;
  __u64 size = groups * GROUP * sizeof(__u64);
  asm volatile("" : "+r"(size)); // the very number that is passed must be compared, or Linux 6.1 does not believe it
  if (size > sizeof *range->table)
    return;
  range->first = range->chunk + first * GROUP_SIZE;
  if (bpf_probe_read_kernel(range->table, size, (void *) (table + first * GROUP * sizeof(__u64))) == 0)
    bpf_loop(groups, note_group, range, 0);
}

// Notes the 2 MiB at `chunk`, which an entry for `size` bytes maps.
static __always_inline void
note_huge(struct range *range, __u64 entry, __u64 size)
{
  __u8 bits = bits_of(entry);
  __u64 inside = range->chunk & (size - 1);
  if (!bits)
    return;
  __u64 frame = ((entry & ENTRY_ADDRESS & ~(size - 1)) + inside) >> PAGE_SHIFT;
  note_span(number_of(range->chunk, frame), bits | FRAME_MAPPED_HUGE);
  if (entry & ENTRY_ACCESSED)
    range->accessed = true;
}

// Remembers that the table entry for `address`, which spans 1 << shift bytes, maps nothing.
static __always_inline long
skip(struct range *range, __u64 address, int shift)
{
  range->skip = ((address >> shift) + 1) << shift;
  return 0;
}

// Looks at the i-th 2 MiB of the VMA.
static long
walk_chunk(__u32 i, struct range *range)
{
  __u64 address = (range->start & ~(PMD_SIZE - 1)) + ((__u64) i << PMD_SHIFT);
  if (address >= range->end)
    return 1;
  if (address < range->skip)
    return 0;
  range->chunk = address;
  __u64 table = range->pgd;
  if (five_levels)
    {
      __u64 pgd = read_entry(table, address, PGD_SHIFT);
      if (!(pgd & ENTRY_PRESENT))
        return skip(range, address, PGD_SHIFT);
      table = table_of(direct_map, pgd);
    }
  __u64 p4d = read_entry(table, address, P4D_SHIFT);
  if (!(p4d & ENTRY_PRESENT))
    return skip(range, address, P4D_SHIFT);
  __u64 pud = read_entry(table_of(direct_map, p4d), address, PUD_SHIFT);
  if (!(pud & ENTRY_PRESENT))
    return skip(range, address, PUD_SHIFT);
  if (is_huge(pud))
    {
      note_huge(range, pud, PUD_SIZE);
      return 0;
    }
  __u64 pmd = read_entry(table_of(direct_map, pud), address, PMD_SHIFT);
  if (!(pmd & ENTRY_PRESENT))
    return 0;
  if (is_huge(pmd))
    {
      note_huge(range, pmd, PMD_SIZE);
      return 0;
    }
  walk_table(range, table_of(direct_map, pmd));
  return 0;
}

SEC("iter/task_vma")
int
walk_vma(struct bpf_iter__task_vma *context)
{
  struct task_struct *task = context->task;
  struct vm_area_struct *vma = context->vma;
  if (!task || !vma || task->pid != task->tgid)
    return 0;
  if ((__u32) task->tgid == collector_tgid || (__u32) task->real_parent->tgid == collector_tgid)
    return 0;

  struct range range = {
    .start = vma->vm_start,
    .end = vma->vm_end,
    .pgd = (__u64) BPF_CORE_READ(vma, vm_mm, pgd), // a plain number: the verifier allows no arithmetic on pointers
  };
  if (watched_end)
    {
      if (first_tgid && first_tgid != (__u32) task->tgid)
        met_others = true;
      first_tgid = task->tgid;
      if (range.start < watched_start)
        range.start = watched_start;
      if (range.end > watched_end)
        range.end = watched_end;
      if (range.start >= range.end || met_others)
        return 0;
    }
  __u32 zero = 0;
  range.table = bpf_map_lookup_elem(&copy, &zero);
  if (range.table)
    bpf_loop(VMA_CHUNKS_MAX, walk_chunk, &range, 0);
  __u32 tgid = task->tgid;
  if (range.accessed)
    bpf_seq_write(context->meta->seq, &tgid, sizeof tgid);
  return 0;
}

// The helpers that read kernel memory are for GPL-compatible programs only.
char LICENSE[] SEC("license") = "GPL";
