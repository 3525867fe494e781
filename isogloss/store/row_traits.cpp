#include "isogloss/store/row_traits.h"

#include <algorithm>
#include <unordered_map>

#include "isogloss/store/columns_internal.h"

namespace isogloss {
namespace {

/// What one record says about its row.
struct Sighting {
  std::int32_t sample;
  std::int32_t n_tokens;
  /// Number of its name by first appearance in the file; kUnnamed without a name.
  std::int32_t document;
};

constexpr std::int32_t kUnnamed = -1;

/// Reads the records of every language and orders those of each language by sample.
class SightingReader {
 public:
  SightingReader(const std::filesystem::path& path, std::span<const std::string> languages)
      : path_(path), index_(languages), of_language_(languages.size()) {}

  void visit(const arrow::Table& table) {
    const auto& sample = columns_of(table, path_).array<arrow::Int32Array>("sample");
    const auto& language = columns_of(table, path_).array<arrow::StringArray>("language");
    const auto& document = columns_of(table, path_).array<arrow::StringArray>("document", true);
    const auto ids = columns_of(table, path_).lists<arrow::Int32Array>("token_ids");
    for (std::int64_t row = 0; row < table.num_rows(); ++row) {
      const auto l = static_cast<std::size_t>(index_.find(language.GetView(row), path_));
      const auto name = document.IsValid(row) ? number_of(document.GetView(row)) : kUnnamed;
      of_language_[l].push_back({sample.Value(row), ids.size(row), name});
    }
  }

  std::vector<std::vector<Sighting>> finish() {
    for (auto& sightings : of_language_) {
      std::ranges::stable_sort(sightings, {}, &Sighting::sample);
      const auto twice = std::ranges::adjacent_find(sightings, {}, &Sighting::sample);
      if (twice != sightings.end()) {
        throw_damaged(path_, fmt::format("sample {} occurs twice in a language", twice->sample));
      }
    }
    return std::move(of_language_);
  }

 private:
  std::int32_t number_of(std::string_view name) {
    const auto next = static_cast<std::int32_t>(numbers_.size());
    return numbers_.try_emplace(std::string(name), next).first->second;
  }

  const std::filesystem::path& path_;
  LanguageIndex index_;
  std::unordered_map<std::string, std::int32_t> numbers_;
  std::vector<std::vector<Sighting>> of_language_;
};

void check_same_samples(const std::vector<Sighting>& first, const std::string& first_name,
                        const std::vector<Sighting>& other, const std::string& other_name,
                        const std::filesystem::path& path) {
  if (std::ranges::equal(first, other, {}, &Sighting::sample, &Sighting::sample)) return;
  throw_damaged(path,
                fmt::format("languages '{}' and '{}' have other samples", first_name, other_name));
}

/// Renumbers documents in the order of their first rows; empty if none has a name.
std::vector<std::int32_t> documents_of(const std::vector<Sighting>& rows) {
  std::unordered_map<std::int32_t, std::int32_t> numbers;
  std::vector<std::int32_t> documents;
  for (const auto& row : rows) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    documents.push_back(numbers.try_emplace(row.document, next).first->second);
  }
  if (numbers.size() == 1 && numbers.contains(kUnnamed)) documents.clear();
  return documents;
}

}  // namespace

RowTraits read_row_traits(const ResultFolder& folder, std::span<const std::string> languages) {
  const auto path = folder.sequences();
  SightingReader reader(path, languages);
  visit_row_groups(path, *sequences_schema(), {"sample", "language", "document", "token_ids"},
                   nullptr, [&](const arrow::Table& table) { reader.visit(table); });
  const auto of_language = reader.finish();
  RowTraits traits;
  for (std::size_t l = 0; l < languages.size(); ++l) {
    check_same_samples(of_language[0], languages[0], of_language[l], languages[l], path);
    auto& n_tokens = traits.n_tokens.emplace_back();
    for (const auto& row : of_language[l]) n_tokens.push_back(row.n_tokens);
  }
  if (!of_language.empty()) traits.document = documents_of(of_language[0]);
  return traits;
}

}  // namespace isogloss
