// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/catalog_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "programs/strait/admin_client.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

fs::path find_pack() {
  if (const auto named = environment("STRAIT_CATALOG"); !named.empty()) return named;
  std::error_code unknown;
  const auto beside = fs::read_symlink("/proc/self/exe", unknown).parent_path() / "strait.pack";
  return fs::exists(beside, unknown) ? beside : fs::path("/usr/share/strait/strait.pack");
}

// A read-only mapping of a whole file.
class Mapping {
 public:
  static Result<std::unique_ptr<Mapping>> open(const fs::path& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) {
      return fail(ErrorCode::kInvalidConfiguration,
                  "no AWS catalog at " + path.string() +
                      "; ./dev build makes strait.pack, STRAIT_CATALOG names another");
    }
    struct stat about{};
    ::fstat(file, &about);
    const auto size = static_cast<std::size_t>(about.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
    ::close(file);
    if (address == MAP_FAILED) return fail(ErrorCode::kIo, "cannot map " + path.string());
    return std::unique_ptr<Mapping>(new Mapping(address, size));
  }
  ~Mapping() { ::munmap(address_, size_); }
  std::span<const std::byte> bytes() const {
    return {static_cast<const std::byte*>(address_), size_};
  }

 private:
  Mapping(void* address, std::size_t size) : address_(address), size_(size) {}
  void* address_;
  std::size_t size_;
};

struct Loaded {
  std::unique_ptr<Mapping> mapping;  // first, so that it goes last
  std::unique_ptr<const catalog::Catalog> catalog;
};

}  // namespace

Result<std::shared_ptr<const catalog::Catalog>> load_catalog(const fs::path& file) {
  auto loaded = std::make_shared<Loaded>();
  TRY(loaded->mapping, Mapping::open(file.empty() ? find_pack() : file));
  TRY(loaded->catalog, catalog::Catalog::load(loaded->mapping->bytes()));
  return std::shared_ptr<const catalog::Catalog>(loaded, loaded->catalog.get());
}

}  // namespace strait::programs
