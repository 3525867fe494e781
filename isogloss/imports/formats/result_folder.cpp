// sequences.parquet and activations/*.parquet as docs/dataset.md describes them, written by any
// program.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "isogloss/core/error.h"
#include "isogloss/imports/format.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/limits.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRemedy = "; write the folder as docs/dataset.md describes it";

/// Runs `action`; what its errors say of a damaged run is said of an import.
void read_foreign(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    const std::string text = error.what();
    if (error.code() != ErrorCode::kBadInput || text.ends_with(kRemedy)) throw;
    throw Error(ErrorCode::kBadInput, text.substr(0, text.rfind("; ")) + std::string(kRemedy));
  }
}

class ResultFolderReader : public ActivationReader {
 public:
  explicit ResultFolderReader(const fs::path& root) : folder_{root} {
    read_foreign([&] { sequences_ = read_sequences(folder_, {}); });
    for (const auto& record : sequences_) {
      if (record.sample != sequences_.front().sample) break;
      languages_.push_back(record.language);
    }
    if (std::set(languages_.begin(), languages_.end()).size() != languages_.size() ||
        languages_.size() < 2) {
      fail(fmt::format("sample {} is not there once in each of two languages or more",
                       sequences_.empty() ? 0 : sequences_.front().sample));
    }
    if (sequences_.size() % languages_.size() != 0) fail("some samples lack a language");
  }

  const std::vector<std::string>& languages() const override { return languages_; }
  std::int64_t n_rows() const override { return std::ssize(sequences_) / std::ssize(languages_); }
  std::int32_t n_features() const override { return n_features_; }

  void read(const std::function<void(ImportedRow)>& sink) override {
    next_ = 0;
    auto row = next_row();
    read_foreign([&] {
      visit_activations(folder_, languages_, [&](const ActivationShard& shard) {
        for (std::size_t r = 0; r < shard.sample.size(); ++r) {
          while (row && shard.sample[r] > row->sample) {
            sink(std::move(*row));
            row = next_row();
          }
          if (!row || shard.sample[r] < row->sample) {
            fail(
                fmt::format("activations of sample {} come out of order, or sequences.parquet "
                            "lacks it",
                            shard.sample[r]));
          }
          append(shard, r, row->by_language[static_cast<std::size_t>(shard.language[r])]);
        }
      });
    });
    for (; row; row = next_row()) sink(std::move(*row));
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {}{}", folder_.root.string(), problem, kRemedy));
  }

  std::optional<ImportedRow> next_row() {
    if (next_ == sequences_.size()) return std::nullopt;
    ImportedRow row;
    row.sample = sequences_[next_].sample;
    row.source = sequences_[next_].source;
    row.document = sequences_[next_].document;
    for (const auto& language : languages_) {
      auto& record = sequences_[next_++];
      if (record.sample != row.sample || record.language != language) {
        fail(fmt::format("sample {} is not there once in each language, in the order of the first",
                         row.sample));
      }
      row.by_language.push_back(
          {std::move(record.text), std::move(record.token_ids), std::move(record.tokens), {}, {}});
    }
    return row;
  }

  void append(const ActivationShard& shard, std::size_t r, ImportedText& to) {
    const auto position = shard.position[r];
    if (position >= std::ssize(to.token_ids) ||
        (!to.positions.empty() && position <= to.positions.back())) {
      fail(
          fmt::format("sample {} has activations at position {}, which is not above the one "
                      "before or beyond its {} tokens",
                      shard.sample[r], position, to.token_ids.size()));
    }
    to.positions.push_back(position);
    const auto& from = shard.activations;
    for (auto i = from.offsets[r]; i < from.offsets[r + 1]; ++i) {
      const auto feature = from.features[static_cast<std::size_t>(i)];
      if (feature >= kMostFeatures) {
        fail(fmt::format("feature {} fires, but an SAE has at most {}", feature, kMostFeatures));
      }
      n_features_ = std::max(n_features_, feature + 1);
      to.activations.features.push_back(feature);
      to.activations.values.push_back(from.values[static_cast<std::size_t>(i)]);
    }
    to.activations.offsets.push_back(std::ssize(to.activations.features));
  }

  ResultFolder folder_;
  std::vector<SequenceRecord> sequences_;
  std::vector<std::string> languages_;
  std::size_t next_ = 0;
  std::int32_t n_features_ = 0;
};

std::vector<fs::path> find_files(const fs::path& path) {
  const ResultFolder folder{path};
  std::error_code error;
  if (!fs::exists(folder.sequences(), error) || !fs::is_directory(folder.activations(), error)) {
    return {};
  }
  auto files = parquet_files(folder.activations());
  files.insert(files.begin(), folder.sequences());
  return files;
}

}  // namespace

const ImportFormat import_format::result_folder = {
    .name = "result_folder",
    .accepted = "a folder with sequences.parquet and activations/",
    .has_padding = false,
    .find_files = &find_files,
    .open = [](const fs::path& path, std::span<const fs::path>, const ImportChoices&)
        -> std::unique_ptr<ActivationReader> { return std::make_unique<ResultFolderReader>(path); },
};

}  // namespace isogloss
