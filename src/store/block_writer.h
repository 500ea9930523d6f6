// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>

#include "store/disk.h"

// The two ways to write blocks without stopping the loop.
namespace strait::store {

// io_uring, with an eventfd that the loop watches: no thread, no system call besides the
// submission. nullptr where the kernel or a sandbox refuses io_uring.
std::unique_ptr<BlockWriter> make_uring_writer(async::Loop& loop);

// One thread that writes and syncs.
std::unique_ptr<BlockWriter> make_thread_writer(async::Loop& loop);

// Blocks until all bytes are on stable storage: pwritev, then fdatasync unless the file is open
// with O_DSYNC.
Status write_blocks(int fd, std::uint64_t offset, std::span<const iovec> parts);

}  // namespace strait::store
