#include "isogloss/pipeline/import_activations.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/folder_lock.h"
#include "isogloss/core/version.h"
#include "isogloss/imports/format.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/pipeline/run_folders.h"
#include "isogloss/pipeline/tokenize.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/limits.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

ExtractionInputs describe_inputs(const ImportOptions& options, const FoundImport& found,
                                 const std::vector<std::string>& languages) {
  ExtractionInputs inputs;
  inputs.isogloss_version = version();
  inputs.imported = found.format->name;
  inputs.count_padding = options.count_padding;
  for (const auto& file : found.files) {
    inputs.corpus.push_back({file.string(), cached_sha256_of_file(file)});
  }
  inputs.corpus_path = options.activations.string();
  inputs.hook =
      options.hook.empty() ? std::string(kUnknownHook) : parse_hook_point(options.hook).name;
  inputs.languages = languages;
  inputs.clean = false;
  inputs.skip_self_check = true;
  return inputs;
}

/// Finds out whether every text begins with one token that counts, as it does where BOS was not
/// marked.
class FirstTokens {
 public:
  void add(const ImportedText& text) {
    ++n_texts_;
    const bool counts = !text.positions.empty() && text.positions.front() == 0;
    if (n_texts_ == 1 && counts) {
      id_ = text.token_ids.front();
      token_ = text.tokens.front();
    }
    all_same_ = all_same_ && counts && text.token_ids.front() == id_;
  }

  void warn(const std::string& path, const RunControl& control) const {
    if (!all_same_ || n_texts_ < kFewest) return;
    control.warning(fmt::format(
        "{}: every sentence begins with {}, and it counts; if it is a special token "
        "such as BOS, on which SAEs fire strongly, import it as one that does not count",
        path, token_));
  }

 private:
  static constexpr std::int64_t kFewest = 8;  ///< fewer may begin with the same word

  std::int64_t n_texts_ = 0;
  bool all_same_ = true;
  std::int32_t id_ = 0;
  std::string token_;
};

/// Takes rows one by one and writes a shard whenever enough have come.
class ShardedImport {
 public:
  ShardedImport(const ResultFolder& folder, const std::vector<std::string>& languages)
      : folder_(folder), languages_(languages), sequences_(folder) {}

  void add(ImportedRow row) {
    for (std::size_t l = 0; l < languages_.size(); ++l) {
      auto& text = row.by_language[l];
      first_tokens_.add(text);
      append_activations(row.sample, static_cast<std::int32_t>(l), text);
      n_tokens_ += std::ssize(text.token_ids);
      records_.push_back({row.sample, languages_[l], row.source, row.document, std::move(text.text),
                          std::move(text.token_ids), std::move(text.tokens)});
    }
    ++n_rows_;
    if (n_tokens_ >= kTokensPerShard) write();
  }

  const FirstTokens& first_tokens() const { return first_tokens_; }

  /// Call once, after the last row.
  std::vector<ShardRange> finish() {
    if (n_rows_ > 0) write();
    sequences_.finish();
    return std::move(shards_);
  }

 private:
  void append_activations(std::int32_t sample, std::int32_t language, const ImportedText& text) {
    const auto& from = text.activations;
    auto& to = shard_.activations;
    const auto first = std::ssize(to.features);
    for (std::size_t i = 0; i < text.positions.size(); ++i) {
      shard_.sample.push_back(sample);
      shard_.language.push_back(language);
      shard_.position.push_back(text.positions[i]);
      to.offsets.push_back(first + from.offsets[i + 1]);
    }
    to.features.insert(to.features.end(), from.features.begin(), from.features.end());
    to.values.insert(to.values.end(), from.values.begin(), from.values.end());
  }

  void write() {
    const auto first_row = shards_.empty() ? 0 : shards_.back().first_row + shards_.back().n_rows;
    write_shard(folder_, static_cast<std::int32_t>(shards_.size()), languages_, shard_);
    sequences_.append(records_);
    shards_.push_back({first_row, n_rows_, n_tokens_});
    shard_ = {};
    records_.clear();
    n_rows_ = 0;
    n_tokens_ = 0;
  }

  FirstTokens first_tokens_;
  const ResultFolder& folder_;
  const std::vector<std::string>& languages_;
  SequenceWriter sequences_;
  ActivationShard shard_;
  std::vector<SequenceRecord> records_;
  std::int32_t n_rows_ = 0;
  std::int64_t n_tokens_ = 0;
  std::vector<ShardRange> shards_;
};

std::int32_t checked_n_features(const ImportOptions& options, std::int32_t found) {
  if (options.n_features == 0) return found;
  if (options.n_features >= found) return options.n_features;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: has activations of feature {}, but --features says {}; give the "
                          "number of features that the SAE has",
                          options.activations.string(), found - 1, options.n_features));
}

void fill(const ImportOptions& options, const ResultFolder& folder, ActivationReader& reader,
          Manifest& manifest, const RunControl& control) {
  std::filesystem::create_directories(folder.activations());
  std::filesystem::create_directories(folder.maxima());
  ShardedImport shards(folder, reader.languages());
  std::int64_t n_done = 0;
  reader.read([&](ImportedRow row) {
    control.throw_if_stopped();
    shards.add(std::move(row));
    control.report({"import", "sentences", ++n_done, reader.n_rows()});
  });
  shards.first_tokens().warn(options.activations.string(), control);
  manifest.shards = shards.finish();
  manifest.n_rows_read = n_done;
  manifest.n_sentences = static_cast<std::int32_t>(n_done);
  manifest.n_features = checked_n_features(options, reader.n_features());
}

}  // namespace

std::string accepted_activations() { return accepted_imports(); }

Manifest import_activations(const ImportOptions& options, const RunControl& control) {
  if (options.n_features > kMostFeatures) {
    throw Error(ErrorCode::kUsage,
                fmt::format("--features {}: an SAE has at most {}; give its number",
                            options.n_features, kMostFeatures));
  }
  const auto found = find_import(options.activations);
  if (options.count_padding && !found.format->has_padding) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: {} has no padding to count; leave out --count-padding",
                            options.activations.string(), found.format->accepted));
  }
  const auto reader = found.format->open(options.activations, found.files,
                                         {.count_padding = options.count_padding});
  const ResultFolder folder{options.output};
  const auto inputs = describe_inputs(options, found, reader->languages());
  auto earlier = find_run(folder, inputs);
  if (earlier && earlier->extraction_complete) return *earlier;

  std::filesystem::create_directories(folder.root);
  const FolderLock lock(folder.root);
  Manifest manifest;
  manifest.inputs = inputs;
  manifest.model_name = options.model_name;
  manifest.neuronpedia_id = options.neuronpedia_id;
  write_manifest(folder, manifest);
  fill(options, folder, *reader, manifest, control);
  manifest.extraction_complete = true;
  write_manifest(folder, manifest);
  return manifest;
}

}  // namespace isogloss
