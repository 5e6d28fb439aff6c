// Which pages of the page cache are accessed by system calls, which no page table shows? Two functions of the kernel
// tell: read(2) and its like mark what they copied from, write(2) looks up what it copies to. Attached only while a
// snapshot is taken.
#include "frames.h"
#include "kernel_memory.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#define FOLIO_ORDER_MAX 9 // 2 MiB

char LICENSE[] SEC("license") = "GPL";

// What to OR into an accessed frame's byte. 0: nothing is noted.
__u8 file_access_bits = 0;

enum pageflags___any
{
  PG_head___any,
};

struct folio
{
  unsigned long _flags_1; // the lowest byte is the order, from Linux 6.6 on
} __attribute__((preserve_access_index));

struct folio___before_6_6
{
  unsigned char _folio_order;
} __attribute__((preserve_access_index));

static __always_inline __u8
order_of(__u64 folio)
{
  __u64 flags = 0, flags_1 = 0;
  __u8 order = 0;
  bpf_probe_read_kernel(&flags, sizeof flags, (void *) folio); // always the first member
  if (!(flags & 1ULL << bpf_core_enum_value(enum pageflags___any, PG_head___any)))
    return 0;
  if (bpf_core_field_exists(struct folio___before_6_6, _folio_order))
    {
      bpf_probe_read_kernel(&order, sizeof order,
                            (void *) (folio + bpf_core_field_offset(struct folio___before_6_6, _folio_order)));
      return order;
    }
  bpf_probe_read_kernel(&flags_1, sizeof flags_1, (void *) (folio + bpf_core_field_offset(struct folio, _flags_1)));
  return (__u8) flags_1;
}

struct span
{
  __u64 first;
};

static long
note_frame(__u32 i, struct span *span)
{
  note(span->first + i, file_access_bits);
  return 0;
}

// Notes all pages of a folio: which of them was meant, nobody says.
static __always_inline void
note_folio(__u64 folio)
{
  if (!file_access_bits || folio < memory_map || folio >= -4096ULL) // an error's number in place of a folio
    return;
  struct span span = { .first = (folio - memory_map) / bpf_core_type_size(struct page) };
  __u8 order = order_of(folio);
  if (order == 0)
    note(span.first, file_access_bits);
  else if (order <= FOLIO_ORDER_MAX)
    bpf_loop(1U << order, note_frame, &span, 0);
}

SEC("fentry/folio_mark_accessed")
int
note_read(void *context)
{
  __u64 folio = 0;
  bpf_get_func_arg(context, 0, &folio);
  note_folio(folio);
  return 0;
}

SEC("fexit/__filemap_get_folio")
int
note_write(void *context)
{
  __u64 folio = 0;
  bpf_get_func_ret(context, &folio);
  note_folio(folio);
  return 0;
}
