#include "isogloss/stats/profile_file.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>

#include "isogloss/core/json_depth.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/parquet_columns.h"

namespace isogloss {
namespace {

constexpr const char* kAboutKey = "isogloss.profile";

std::shared_ptr<arrow::Schema> profile_schema() {
  return arrow::schema(
      {arrow::field("feature", arrow::int32()), arrow::field("language", arrow::utf8()),
       arrow::field("firing_tokens", arrow::int64()), arrow::field("mass", arrow::float64()),
       arrow::field("shared_mass", arrow::float64()), arrow::field("peaks", arrow::int32()),
       arrow::field("punctuation_peaks", arrow::int32()),
       arrow::field("edge_peaks", arrow::int32()), arrow::field("top_token", arrow::utf8()),
       arrow::field("top_token_share", arrow::float64()),
       arrow::field("peak_tokens", arrow::list(arrow::utf8())),
       arrow::field("peak_shares", arrow::list(arrow::float64()))});
}

/// The metadata: the run that the rows belong to, and the numbers of tokens, which no row holds.
nlohmann::ordered_json about(int version, std::int32_t n_features, std::int32_t n_rows,
                             const std::vector<std::string>& languages) {
  return {{"version", version},
          {"n_features", n_features},
          {"n_sentences", n_rows},
          {"languages", languages}};
}

class ProfileColumns {
 public:
  explicit ProfileColumns(std::filesystem::path path) : path_(std::move(path)) {}

  void append(const TokenProfile& profile, std::size_t language, std::size_t feature) {
    const auto& from = profile.by_language[language];
    ok(feature_.Append(static_cast<std::int32_t>(feature)));
    ok(language_.Append(profile.languages[language]));
    ok(firing_.Append(from.totals.firing[feature]));
    ok(mass_.Append(from.totals.mass[feature]));
    ok(shared_mass_.Append(from.shared_mass[feature]));
    ok(peaks_.Append(from.n_peaks[feature]));
    ok(punctuation_peaks_.Append(from.punctuation_peaks[feature]));
    ok(edge_peaks_.Append(from.edge_peaks[feature]));
    const auto& top = from.top_token[feature];
    ok(top_token_.Append(profile.texts[static_cast<std::size_t>(top.token)]));
    ok(top_share_.Append(top.share));
    ok(peak_tokens_.Append());
    ok(peak_shares_.Append());
    for (const auto& peak : from.peaks_of(static_cast<std::int32_t>(feature))) {
      if (peak.token < 0) break;
      ok(peak_token_items_->Append(profile.texts[static_cast<std::size_t>(peak.token)]));
      ok(peak_share_items_->Append(peak.share));
    }
  }

  std::shared_ptr<arrow::Table> finish(const std::shared_ptr<arrow::Schema>& schema) {
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
             &feature_, &language_, &firing_, &mass_, &shared_mass_, &peaks_, &punctuation_peaks_,
             &edge_peaks_, &top_token_, &top_share_, &peak_tokens_, &peak_shares_}) {
      arrays.push_back(take_arrow(builder->Finish(), path_, "write"));
    }
    return arrow::Table::Make(schema, arrays);
  }

 private:
  void ok(const arrow::Status& status) const { check_arrow(status, path_, "write"); }

  std::filesystem::path path_;
  arrow::Int32Builder feature_, peaks_, punctuation_peaks_, edge_peaks_;
  arrow::StringBuilder language_, top_token_;
  arrow::Int64Builder firing_;
  arrow::DoubleBuilder mass_, shared_mass_, top_share_;
  std::shared_ptr<arrow::StringBuilder> peak_token_items_ =
      std::make_shared<arrow::StringBuilder>();
  std::shared_ptr<arrow::DoubleBuilder> peak_share_items_ =
      std::make_shared<arrow::DoubleBuilder>();
  arrow::ListBuilder peak_tokens_{arrow::default_memory_pool(), peak_token_items_};
  arrow::ListBuilder peak_shares_{arrow::default_memory_pool(), peak_share_items_};
};

void resize(TokenProfile& profile) {
  const auto n = static_cast<std::size_t>(profile.n_features);
  profile.by_language.resize(profile.languages.size());
  for (auto& language : profile.by_language) {
    language.totals.firing.resize(n);
    language.totals.mass.resize(n);
    language.shared_mass.resize(n);
    language.n_peaks.resize(n);
    language.punctuation_peaks.resize(n);
    language.edge_peaks.resize(n);
    language.top_token.resize(n);
    language.peaks.resize(n * kPeakTokens);
  }
}

/// Fills a profile from the rows of the file.
class ProfileReader {
 public:
  ProfileReader(const TableColumns& columns, TokenProfile& profile)
      : columns_(columns), profile_(profile) {}

  void read() {
    const auto& feature = columns_.array<arrow::Int32Array>("feature");
    const auto& language = columns_.array<arrow::StringArray>("language");
    const auto& firing = columns_.array<arrow::Int64Array>("firing_tokens");
    const auto& mass = columns_.array<arrow::DoubleArray>("mass");
    const auto& shared_mass = columns_.array<arrow::DoubleArray>("shared_mass");
    const auto& peaks = columns_.array<arrow::Int32Array>("peaks");
    const auto& punctuation_peaks = columns_.array<arrow::Int32Array>("punctuation_peaks");
    const auto& edge_peaks = columns_.array<arrow::Int32Array>("edge_peaks");
    const auto& top_token = columns_.array<arrow::StringArray>("top_token");
    const auto& top_share = columns_.array<arrow::DoubleArray>("top_token_share");
    const auto peak_tokens = columns_.lists<arrow::StringArray>("peak_tokens");
    const auto peak_shares = columns_.lists<arrow::DoubleArray>("peak_shares");
    for (std::int64_t row = 0; row < feature.length(); ++row) {
      if (feature.Value(row) < 0 || feature.Value(row) >= profile_.n_features) {
        columns_.fail(fmt::format("there is no feature {}", feature.Value(row)));
      }
      const auto f = static_cast<std::size_t>(feature.Value(row));
      auto& to = language_of(language.GetView(row));
      to.totals.firing[f] = firing.Value(row);
      to.totals.mass[f] = mass.Value(row);
      to.shared_mass[f] = shared_mass.Value(row);
      to.n_peaks[f] = peaks.Value(row);
      to.punctuation_peaks[f] = punctuation_peaks.Value(row);
      to.edge_peaks[f] = edge_peaks.Value(row);
      to.top_token[f] = {token_of(top_token.GetView(row)), top_share.Value(row)};
      read_peaks(peak_tokens, peak_shares, row, std::span(to.peaks).subspan(f * kPeakTokens));
    }
  }

 private:
  void read_peaks(const ListItems<arrow::StringArray>& tokens,
                  const ListItems<arrow::DoubleArray>& shares, std::int64_t row,
                  std::span<TokenShare> peaks) {
    const auto n = tokens.size(row);
    if (n != shares.size(row) || n > static_cast<std::int32_t>(kPeakTokens)) {
      columns_.fail(
          fmt::format("row {} has {} peak tokens and {} shares", row, n, shares.size(row)));
    }
    for (std::int32_t i = 0; i < n; ++i) {
      peaks[static_cast<std::size_t>(i)] = {token_of(tokens.items.GetView(tokens.begin(row) + i)),
                                            shares.items.Value(shares.begin(row) + i)};
    }
  }

  LanguageProfile& language_of(std::string_view name) {
    for (std::size_t i = 0; i < profile_.languages.size(); ++i) {
      if (profile_.languages[i] == name) return profile_.by_language[i];
    }
    columns_.fail(fmt::format("there is no language '{}'", name));
  }

  std::int32_t token_of(std::string_view text) {
    const auto [entry, is_new] =
        known_.try_emplace(std::string(text), static_cast<std::int32_t>(profile_.texts.size()));
    if (is_new) profile_.texts.emplace_back(text);
    return entry->second;
  }

  const TableColumns& columns_;
  TokenProfile& profile_;
  std::unordered_map<std::string, std::int32_t> known_;
};

}  // namespace

void write_token_profile(const ResultFolder& folder, const TokenProfile& profile) {
  ProfileColumns columns(folder.profile());
  for (std::int32_t feature = 0; feature < profile.n_features; ++feature) {
    for (std::size_t language = 0; language < profile.languages.size(); ++language) {
      const auto f = static_cast<std::size_t>(feature);
      if (profile.by_language[language].n_peaks[f] > 0) columns.append(profile, language, f);
    }
  }
  auto json = about(kProfileVersion, profile.n_features, profile.n_rows, profile.languages);
  for (const auto& language : profile.by_language) {
    json["n_tokens"].push_back(language.totals.n_tokens);
  }
  const auto schema =
      profile_schema()->WithMetadata(arrow::key_value_metadata({{kAboutKey, json_text(json)}}));
  ParquetWriter writer(folder.profile(), schema);
  writer.append(*columns.finish(schema));
  writer.finish();
}

std::optional<TokenProfile> read_token_profile(const ResultFolder& folder, std::int32_t n_features,
                                               std::int32_t n_rows,
                                               const std::vector<std::string>& languages) {
  const auto path = folder.profile();
  if (!std::filesystem::exists(path)) return std::nullopt;
  std::shared_ptr<arrow::Schema> found;
  check_arrow(open_parquet(path)->GetSchema(&found), path, "read the schema");
  const auto text = found->metadata() ? found->metadata()->Get(kAboutKey).ValueOr("") : "";
  if (nests_too_deep(text)) return std::nullopt;
  auto json = nlohmann::ordered_json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("n_tokens")) return std::nullopt;
  const auto n_tokens = std::move(json["n_tokens"]);
  json.erase("n_tokens");
  const bool fits = json == about(kProfileVersion, n_features, n_rows, languages) &&
                    n_tokens.is_array() && n_tokens.size() == languages.size();
  if (!fits) return std::nullopt;

  TokenProfile profile;
  profile.n_features = n_features;
  profile.n_rows = n_rows;
  profile.languages = languages;
  resize(profile);
  for (std::size_t i = 0; i < n_tokens.size(); ++i) {
    if (!n_tokens[i].is_number_integer()) return std::nullopt;
    profile.by_language[i].totals.n_tokens = n_tokens[i].get<std::int64_t>();
  }
  auto reader = open_parquet(path, *profile_schema());
  auto rows = take_arrow(reader->ReadTable(), path, "read");
  rows = take_arrow(rows->CombineChunks(), path, "read");
  if (rows->num_rows() > 0) {
    ProfileReader(TableColumns(*rows, path, "delete the file and score again"), profile).read();
  }
  return profile;
}

}  // namespace isogloss
