#include "tests/score/golden_activations.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/score/maxima_builder.h"

namespace isogloss::testing {
namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(ISOGLOSS_GOLDEN_DIR) + "/" + name, std::ios::binary);
  std::stringstream content;
  content << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read the golden file " + name);
  return content.str();
}

/// One tensor of a safetensors file: 8 bytes of header length, JSON header, data.
template <class T>
std::vector<T> tensor(const std::string& file, const nlohmann::json& header, std::size_t data,
                      const char* name) {
  const auto begin = header.at(name).at("data_offsets").at(0).get<std::size_t>();
  const auto end = header.at(name).at("data_offsets").at(1).get<std::size_t>();
  std::vector<T> values((end - begin) / sizeof(T));
  std::memcpy(values.data(), file.data() + data + begin, end - begin);
  return values;
}

}  // namespace

GoldenActivations read_golden_activations() {
  const auto file = read_file("activations-demo.safetensors");
  std::uint64_t header_size = 0;
  std::memcpy(&header_size, file.data(), sizeof(header_size));
  const auto header = nlohmann::json::parse(file.substr(sizeof(header_size), header_size));
  const std::size_t data = sizeof(header_size) + header_size;
  const auto about =
      nlohmann::json::parse(header.at("__metadata__").at("golden").get<std::string>());
  GoldenActivations result;
  about.at("languages").get_to(result.languages);
  about.at("n_samples").get_to(result.n_samples);
  about.at("n_features").get_to(result.n_features);
  result.sample = tensor<std::int32_t>(file, header, data, "sample");
  result.language = tensor<std::int32_t>(file, header, data, "language");
  result.offsets = tensor<std::int32_t>(file, header, data, "offsets");
  result.features = tensor<std::int32_t>(file, header, data, "features");
  result.values = tensor<float>(file, header, data, "values");
  return result;
}

std::vector<float> GoldenActivations::values_of(std::int32_t language_index) const {
  std::vector<float> result;
  for (std::size_t token = 0; token < sample.size(); ++token) {
    if (language[token] != language_index) continue;
    result.insert(result.end(), values.begin() + offsets[token],
                  values.begin() + offsets[token + 1]);
  }
  return result;
}

Maxima GoldenActivations::maxima(std::int32_t n_languages, std::int32_t n_kept) const {
  std::vector<std::vector<DenseColumn>> dense(
      static_cast<std::size_t>(n_kept),
      std::vector<DenseColumn>(static_cast<std::size_t>(n_languages),
                               DenseColumn(static_cast<std::size_t>(n_samples))));
  for (std::size_t token = 0; token < sample.size(); ++token) {
    if (language[token] >= n_languages) continue;
    for (auto i = static_cast<std::size_t>(offsets[token]);
         i < static_cast<std::size_t>(offsets[token + 1]); ++i) {
      if (features[i] >= n_kept) continue;
      auto& x =
          dense[static_cast<std::size_t>(features[i])][static_cast<std::size_t>(language[token])]
               [static_cast<std::size_t>(sample[token])];
      x = std::max(x, values[i]);
    }
  }
  return make_maxima({languages.begin(), languages.begin() + n_languages}, n_samples, dense);
}

nlohmann::json read_golden_json(const std::string& name) {
  return nlohmann::json::parse(read_file(name));
}

}  // namespace isogloss::testing
