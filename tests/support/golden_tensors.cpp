#include "tests/support/golden_tensors.h"

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace isogloss::testing {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(ISOGLOSS_GOLDEN_DIR) + "/" + name, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read the golden file " + name);
  return content.str();
}

}  // namespace

/// 8 bytes of header length, JSON header, data.
GoldenTensors::GoldenTensors(const std::string& name) : content_(read_file(name)) {
  std::uint64_t header_size = 0;
  std::memcpy(&header_size, content_.data(), sizeof(header_size));
  header_ = nlohmann::json::parse(content_.substr(sizeof(header_size), header_size));
  data_ = sizeof(header_size) + header_size;
}

nlohmann::json GoldenTensors::about() const {
  return nlohmann::json::parse(header_.at("__metadata__").at("golden").get<std::string>());
}

template <class T>
std::vector<T> GoldenTensors::read(const std::string& tensor) const {
  const auto& offsets = header_.at(tensor).at("data_offsets");
  const auto begin = offsets.at(0).get<std::size_t>();
  const auto end = offsets.at(1).get<std::size_t>();
  std::vector<T> values((end - begin) / sizeof(T));
  std::memcpy(values.data(), content_.data() + data_ + begin, end - begin);
  return values;
}

std::vector<float> GoldenTensors::floats(const std::string& tensor) const {
  return read<float>(tensor);
}

std::vector<std::int32_t> GoldenTensors::integers(const std::string& tensor) const {
  return read<std::int32_t>(tensor);
}

nlohmann::json read_golden_json(const std::string& name) {
  return nlohmann::json::parse(read_file(name));
}

}  // namespace isogloss::testing
