// A golden safetensors file, read by other code than the library's own reader.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace isogloss::testing {

class GoldenTensors {
 public:
  /// `name` below tests/golden. Throws std::runtime_error if it cannot be read.
  explicit GoldenTensors(const std::string& name);

  /// What the script that made it wrote down: the JSON under the metadata key "golden".
  nlohmann::json about() const;
  bool holds(const std::string& tensor) const { return header_.contains(tensor); }
  std::vector<float> floats(const std::string& tensor) const;
  std::vector<std::int32_t> integers(const std::string& tensor) const;

 private:
  template <class T>
  std::vector<T> read(const std::string& tensor) const;

  std::string content_;
  std::size_t data_ = 0;
  nlohmann::json header_;
};

nlohmann::json read_golden_json(const std::string& name);

}  // namespace isogloss::testing
