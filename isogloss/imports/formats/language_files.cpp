// A folder with files of each language, named after it: sentences in JSONL with arrays beside them,
// or both in Parquet.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/imports/language_source.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

struct LanguageFiles {
  std::vector<fs::path> lists;    ///< LANG.jsonl
  std::vector<fs::path> arrays;   ///< LANG.npz, LANG.safetensors, or those in LANG/
  std::vector<fs::path> parquet;  ///< LANG.parquet, or those in LANG/
};

void add_file(const fs::path& path, bool may_be_list, LanguageFiles& to) {
  const auto extension = path.extension();
  if (extension == ".jsonl" && may_be_list) to.lists.push_back(path);
  if (extension == ".npz" || extension == ".safetensors") to.arrays.push_back(path);
  if (extension == ".parquet") to.parquet.push_back(path);
}

/// By language, in order of their names.
std::map<std::string, LanguageFiles> group_files(const fs::path& folder) {
  std::map<std::string, LanguageFiles> languages;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const auto& path = entry.path();
    if (path.filename().string().starts_with('.')) continue;
    if (!entry.is_directory(error)) {
      add_file(path, true, languages[path.stem().string()]);
      continue;
    }
    for (const auto& part : fs::directory_iterator(path, error)) {
      add_file(part.path(), false, languages[path.filename().string()]);
    }
  }
  std::erase_if(languages, [](const auto& entry) {
    const auto& files = entry.second;
    return files.lists.empty() && files.arrays.empty() && files.parquet.empty();
  });
  for (auto& [language, files] : languages) {
    std::ranges::sort(files.arrays);
    std::ranges::sort(files.parquet);
  }
  return languages;
}

bool has_sentences(const LanguageFiles& files) {
  if (!files.lists.empty()) return !files.arrays.empty();
  return !files.parquet.empty() &&
         column_index(*open_parquet(files.parquet.front()), "tokens") >= 0;
}

std::vector<fs::path> find_files(const fs::path& path) {
  const auto languages = group_files(path);
  if (std::ranges::none_of(languages, [](const auto& l) { return has_sentences(l.second); })) {
    return {};
  }
  std::vector<fs::path> all;
  for (const auto& [language, files] : languages) {
    for (const auto* some : {&files.lists, &files.arrays, &files.parquet}) {
      all.insert(all.end(), some->begin(), some->end());
    }
  }
  return all;
}

class LanguageFilesReader : public ActivationReader {
 public:
  explicit LanguageFilesReader(const fs::path& folder) : folder_(folder) {
    for (const auto& [language, files] : group_files(folder)) {
      languages_.push_back(language);
      sources_.push_back(open_language(language, files));
    }
    check_offered_languages(languages_, folder.string());
    for (std::size_t l = 1; l < languages_.size(); ++l) {
      if (sources_[l]->n_sentences() == n_rows()) continue;
      fail(
          fmt::format("{} has {} sentences, {} has {}; each sentence must be there in every "
                      "language, in the same order",
                      languages_[0], n_rows(), languages_[l], sources_[l]->n_sentences()));
    }
  }

  const std::vector<std::string>& languages() const override { return languages_; }
  std::int64_t n_rows() const override { return sources_.front()->n_sentences(); }
  std::int32_t n_features() const override { return std::max(n_features_, n_fired_); }

  void read(const std::function<void(ImportedRow)>& sink) override {
    for (std::int64_t r = 0; r < n_rows(); ++r) sink(read_row(static_cast<std::int32_t>(r)));
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", folder_.string(), problem));
  }

  std::unique_ptr<LanguageSource> open_language(const std::string& language,
                                                const LanguageFiles& files) const {
    const bool has_list = files.lists.size() == 1;
    if (has_list && !files.arrays.empty() && files.parquet.empty()) {
      return open_arrays(files.lists.front(), files.arrays);
    }
    if (!has_list && files.arrays.empty()) return open_lists(files.parquet);
    fail(
        fmt::format("{0} needs {0}.jsonl with {0}.npz, {0}.safetensors or a folder {0} of such "
                    "files, or {0}.parquet alone; take away or add what is amiss",
                    language));
  }

  ImportedRow read_row(std::int32_t sample) {
    ImportedRow row;
    row.sample = sample;
    for (std::size_t l = 0; l < sources_.size(); ++l) {
      auto sentence = sources_[l]->next();
      if (l == 0) {
        row.source = sentence.id;
        if (!ids_.insert(sentence.id).second) {
          fail(fmt::format("{} has sentence {} twice; each must have an id of its own",
                           languages_[0], sentence.id));
        }
      } else if (sentence.id != row.source) {
        fail(
            fmt::format("sentence {} of {} has the id {} in {}; list the same sentences in the "
                        "same order",
                        row.source, languages_[0], sentence.id, languages_[l]));
      }
      join_documents(sentence, l, row);
      check_features(l, sentence.text.activations);
      number_tokens(l, sentence.text);
      row.by_language.push_back(std::move(sentence.text));
    }
    return row;
  }

  void join_documents(const ImportedSentence& sentence, std::size_t l, ImportedRow& row) const {
    if (!sentence.document) return;
    if (!row.document) row.document = sentence.document;
    if (row.document == sentence.document) return;
    fail(
        fmt::format("sentence {} has another document in {} than in the languages before; give "
                    "the same in all, or only in one",
                    sentence.id, languages_[l]));
  }

  void check_features(std::size_t l, const SparseRows& activations) {
    const auto n = sources_[l]->n_features();
    if (n != 0 && n_features_ != 0 && n != n_features_) {
      fail(fmt::format("{} has {} features, the languages before have {}; all must be of one SAE",
                       languages_[l], n, n_features_));
    }
    if (n != 0) n_features_ = n;
    for (const auto feature : activations.features) n_fired_ = std::max(n_fired_, feature + 1);
    if (n_features_ == 0 || n_fired_ <= n_features_) return;
    fail(fmt::format("feature {} fires, but the arrays have {} features; all must be of one SAE",
                     n_fired_ - 1, n_features_));
  }

  /// Without ids, tokens are numbered in the order in which they first appear.
  void number_tokens(std::size_t l, ImportedText& text) {
    const bool has_ids = !text.token_ids.empty();
    if (!has_ids_) has_ids_ = has_ids;
    if (*has_ids_ != has_ids) {
      fail(fmt::format("some sentences have token_ids, others, in {}, have none; give all or none",
                       languages_[l]));
    }
    if (has_ids) return;
    for (const auto& token : text.tokens) {
      const auto next = static_cast<std::int32_t>(numbers_.size());
      text.token_ids.push_back(numbers_.emplace(token, next).first->second);
    }
  }

  fs::path folder_;
  std::vector<std::string> languages_;
  std::vector<std::unique_ptr<LanguageSource>> sources_;  ///< [n_languages]
  std::set<std::string> ids_;
  std::optional<bool> has_ids_;  ///< whether sentences have token ids; nullopt: none was read
  std::unordered_map<std::string, std::int32_t> numbers_;
  std::int32_t n_features_ = 0;  ///< as the files say; 0: none says
  std::int32_t n_fired_ = 0;     ///< up to the last feature that fires
};

}  // namespace

const ImportFormat import_format::language_files = {
    .name = "language_files",
    .accepted =
        "a folder with activations of each language (en.jsonl with en.npz or en.safetensors, or "
        "en.parquet, …)",
    .has_padding = false,
    .find_files = &find_files,
    .open = [](const fs::path& path, std::span<const fs::path>,
               const ImportChoices&) -> std::unique_ptr<ActivationReader> {
      return std::make_unique<LanguageFilesReader>(path);
    },
};

}  // namespace isogloss
