#include <gguf.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/model/mapped_weights_internal.h"

namespace isogloss {
namespace {

/// Bytes [begin, end) of a file, or of memory.
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// N of "blk.N.…".
std::optional<std::int32_t> block_of(std::string_view tensor) {
  constexpr std::string_view kPrefix = "blk.";
  if (!tensor.starts_with(kPrefix)) return std::nullopt;
  std::int32_t block = 0;
  const auto* first = tensor.data() + kPrefix.size();
  const auto [end, error] = std::from_chars(first, tensor.data() + tensor.size(), block);
  if (error != std::errc() || end == first) return std::nullopt;
  return block;
}

/// Where the weights after `last_layer` lie in the file, neighbours joined.
std::vector<Range> later_blocks(const std::filesystem::path& path, std::int32_t last_layer) {
  const std::unique_ptr<gguf_context, decltype(&gguf_free)> gguf(
      gguf_init_from_file(path.c_str(), {.no_alloc = true, .ctx = nullptr}), &gguf_free);
  std::vector<Range> ranges;
  if (!gguf) return ranges;
  const auto data = gguf_get_data_offset(gguf.get());
  for (std::int64_t t = 0; t < gguf_get_n_tensors(gguf.get()); ++t) {
    const auto block = block_of(gguf_get_tensor_name(gguf.get(), t));
    if (!block || *block <= last_layer) continue;
    const auto begin = data + gguf_get_tensor_offset(gguf.get(), t);
    ranges.push_back({begin, begin + gguf_get_tensor_size(gguf.get(), t)});
  }
  std::ranges::sort(ranges, {}, &Range::begin);
  const auto alignment = gguf_get_alignment(gguf.get());
  std::vector<Range> joined;
  for (const auto& range : ranges) {
    if (!joined.empty() && range.begin < joined.back().end + alignment) {
      joined.back().end = std::max(joined.back().end, range.end);
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

struct Mapping {
  Range memory;
  std::uint64_t file_offset = 0;
};

/// This process' mappings of the file, from the list the kernel gives.
std::vector<Mapping> mappings_of(const std::filesystem::path& path) {
  std::vector<Mapping> mappings;
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return mappings;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    Mapping mapping;
    std::uint64_t inode = 0;
    const int n_read =
        std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %*4s %" SCNx64 " %*x:%*x %" SCNu64,
                    &mapping.memory.begin, &mapping.memory.end, &mapping.file_offset, &inode);
    if (n_read == 4 && inode == static_cast<std::uint64_t>(file.st_ino))
      mappings.push_back(mapping);
  }
  return mappings;
}

}  // namespace

void release_later_blocks(const std::filesystem::path& path, std::int32_t last_layer) {
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const auto mappings = mappings_of(path);
  if (mappings.empty()) return;
  for (const auto& range : later_blocks(path, last_layer)) {
    for (const auto& [memory, offset] : mappings) {
      const auto size = memory.end - memory.begin;
      const auto first = std::max((range.begin + page - 1) / page * page, offset);
      const auto last = std::min(range.end / page * page, offset + size);
      if (first >= last) continue;
      madvise(reinterpret_cast<void*>(memory.begin + (first - offset)), last - first,
              MADV_DONTNEED);
    }
  }
}

}  // namespace isogloss
