#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "isogloss/page/page_json_internal.h"

namespace isogloss {
namespace {

using nlohmann::json;

std::string base64(std::span<const unsigned char> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // the encoder ends it with a 0
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// 255·value/maximum, rounded, at least 1.
unsigned char quantised(float value, float maximum) {
  const float share = std::clamp(value / maximum, 0.0F, 1.0F);
  return static_cast<unsigned char>(std::max(1L, std::lround(255.0F * share)));
}

json row_json(const EvidenceRow& row, float maximum) {
  std::vector<unsigned char> bytes;
  bytes.reserve(row.values.size());
  for (const float value : row.values) bytes.push_back(quantised(value, maximum));
  return {{"s", row.sample},
          {"m", std::strtod(fmt::format("{:.6g}", row.max).c_str(), nullptr)},
          {"p", row.positions},
          {"v", base64(bytes)}};
}

json sentence_json(const ShownSentence& sentence) {
  json segments = json::array();
  json n_tokens = json::array();
  bool all_single = true;
  for (const auto& segment : sentence.segments) {
    segments.push_back(segment.text);
    n_tokens.push_back(segment.n_tokens);
    all_single = all_single && segment.n_tokens == 1;
  }
  json result = {{"text", sentence.text}, {"t", std::move(segments)}};
  if (!all_single) result["n"] = std::move(n_tokens);
  return result;
}

}  // namespace

json evidence_json(const Evidence& evidence, const ScoreTable& table) {
  json result = json::object();
  for (const auto& feature : evidence.features) {
    float maximum = 0;
    for (const auto& column : table.max) {
      maximum = std::max(maximum, column[static_cast<std::size_t>(feature.feature)]);
    }
    auto& languages = result[std::to_string(feature.feature)] = json::object();
    for (std::size_t language = 0; language < table.languages.size(); ++language) {
      auto& rows = languages[table.languages[language]] = json::array();
      for (const auto& row : feature.by_language[language]) rows.push_back(row_json(row, maximum));
    }
  }
  return result;
}

json sequences_json(const Evidence& evidence, std::span<const std::string> languages) {
  json result = json::object();
  for (const auto& sample : evidence.samples) {
    auto& entry = result[std::to_string(sample.sample)];
    entry["id"] = sample.source.empty() ? json(nullptr) : json(sample.source);
    for (std::size_t language = 0; language < languages.size(); ++language) {
      entry["in"][languages[language]] = sentence_json(sample.by_language[language]);
    }
  }
  return result;
}

}  // namespace isogloss
