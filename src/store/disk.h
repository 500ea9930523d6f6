// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "async/task.h"
#include "base/result.h"

// Every durable effect that the log has, behind one contract, so that tests can lose or keep each
// of them. All errors are kIo. Calls block unless they say otherwise; any thread.
namespace strait::store {

// Writes blocks while the loop goes on. One write at a time.
class BlockWriter {
 public:
  virtual ~BlockWriter() = default;
  // Writes `parts` one after the other at `offset` of `fd`; all addresses, lengths and the offset
  // are multiples of kBlockBytes, and the bytes stay put until `done`. Any thread may call it;
  // `done` runs on the loop, with success only when every byte is on stable storage.
  virtual void write(int fd, std::uint64_t offset, std::vector<iovec> parts,
                     std::function<void(Status)> done) = 0;
  virtual bool is_io_uring() const = 0;
};

class Disk {
 public:
  virtual ~Disk() = default;

  // A new file of `bytes` zeros, allocated and durable with its directory entry, open for writing:
  // with O_DIRECT|O_DSYNC where the file system can, else without. A crash in between leaves a file
  // without a valid header, which recovery removes.
  virtual Result<int> create_segment(const std::string& path, std::uint64_t bytes) = 0;
  // The same contract as BlockWriter::write, at once.
  virtual Status write_now(int fd, std::uint64_t offset, std::span<const iovec> parts) = 0;
  virtual std::unique_ptr<BlockWriter> block_writer(async::Loop& loop, bool use_io_uring) = 0;

  // Puts a whole file in place of `path`: a crash leaves the old contents or the new, never a
  // mixture.
  virtual Status replace(const std::string& path, std::string_view contents) = 0;
  // Adds to the end of `path` and syncs it. A crash may leave a part of `contents`.
  virtual Status append(const std::string& path, std::string_view contents) = 0;
  virtual Status truncate(const std::string& path, std::uint64_t bytes) = 0;  // durable
  virtual Status remove(const std::string& path) = 0;  // durable; no file is no error
};

// The real one. Files are 0600.
std::unique_ptr<Disk> make_disk();

// Reading needs no contract.
Result<std::string> read_file(const std::string& path);                     // kNotFound, kIo
Result<std::vector<std::string>> list_files(const std::string& directory);  // names, sorted

}  // namespace strait::store
