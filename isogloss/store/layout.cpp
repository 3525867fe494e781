#include "isogloss/store/layout.h"

#include <fmt/format.h>

namespace isogloss {
namespace {

std::string shard_name(std::int32_t shard) { return fmt::format("part-{:05}.parquet", shard); }

}  // namespace

std::filesystem::path ResultFolder::activation_shard(std::int32_t shard) const {
  return activations() / shard_name(shard);
}

std::filesystem::path ResultFolder::maxima_shard(std::int32_t shard) const {
  return maxima() / shard_name(shard);
}

}  // namespace isogloss
