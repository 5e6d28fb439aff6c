// The few kernel types that the programs look into, with only the members in use; CO-RE finds where these are in the
// kernel at hand. Stands in for a vmlinux.h, which would be that of the machine which builds.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed int __s32;
typedef signed long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#include <linux/bpf.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mm_struct
{
  __u64 *pgd;
};

struct vm_area_struct
{
  unsigned long vm_start;
  unsigned long vm_end;
  struct mm_struct *vm_mm;
};

struct page
{
  unsigned long private;
  struct
  {
    int counter;
  } _refcount;
};

struct vm_struct
{
  struct page **pages;
};

struct task_struct
{
  int pid;
  int tgid;
  struct task_struct *real_parent;
  struct mm_struct *mm;
  void *stack;
  struct vm_struct *stack_vm_area;
};

struct seq_file;

struct bpf_iter_meta
{
  struct seq_file *seq;
};

struct bpf_iter__task_vma
{
  struct bpf_iter_meta *meta;
  struct task_struct *task;
  struct vm_area_struct *vma;
};

#pragma clang attribute pop
