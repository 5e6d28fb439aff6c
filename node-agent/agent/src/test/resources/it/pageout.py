"""pageout.py PID ADDRESS BYTES: has the kernel reclaim this memory of another process (process_madvise(2), MADV_PAGEOUT)."""

import ctypes
import os
import sys

PROCESS_MADVISE = 440
MADV_PAGEOUT = 21


def main():
    pid, address, size = map(int, sys.argv[1:])
    libc = ctypes.CDLL(None, use_errno=True)
    done = 0
    while done < size:
        iovec = (ctypes.c_size_t * 2)(address + done, size - done)
        advised = libc.syscall(PROCESS_MADVISE, os.pidfd_open(pid), iovec, ctypes.c_size_t(1), MADV_PAGEOUT, 0)
        if advised <= 0:
            sys.exit(f"process_madvise: {os.strerror(ctypes.get_errno())}")
        done += advised


main()
