#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "isogloss/core/error.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// Calls visit(fields) for each line of `path`, which has `n_columns` or more.
template <class Visit>
void for_each_line(const std::filesystem::path& path, std::size_t n_columns, const Visit& visit) {
  const TextFile file(path);
  const auto name = path.string();
  LineReader lines(file.text(), name);
  std::vector<std::string_view> fields;
  while (const auto line = lines.next()) {
    if (line->empty()) continue;
    split_tabs(*line, fields);
    if (fields.size() < n_columns) {
      lines.fail(
          fmt::format("has {} columns, Tatoeba's exports have {}", fields.size(), n_columns));
    }
    visit(fields);
  }
}

/// Whether `path` holds links rather than sentences.
bool holds_links(const std::filesystem::path& path) {
  return without_compression(path.stem().string()).find("links") != std::string::npos;
}

struct Sentence {
  std::size_t language = 0;  ///< among those wanted
  std::string text;
  std::vector<std::string_view> best;  ///< of the first language: a translation into each
};

class TatoebaReader : public RowReader {
 public:
  explicit TatoebaReader(std::vector<CorpusFile> files) : files_(std::move(files)) {
    for (const auto& file : files_) {
      if (holds_links(file.path)) continue;
      for_each_line(file.path, 3, [&](const auto& fields) {
        if (fields[1] == kNoLanguage) return;
        if (std::ranges::find(languages_, fields[1]) != languages_.end()) return;
        languages_.emplace_back(fields[1]);
      });
    }
    check_offered_languages(languages_, files_.front().path.string());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    std::vector<std::string> order;  // the ids of sentences in the first language
    Sentences sentences = take_sentences(wanted, order);
    link(sentences, wanted.size());
    std::int64_t n_incomplete = 0;
    std::vector<std::string_view> text(wanted.size());
    for (const auto& id : order) {
      const auto& sentence = sentences.at(id);
      text[0] = sentence.text;
      bool is_complete = !sentence.best.empty();
      for (std::size_t i = 1; i < wanted.size() && is_complete; ++i) {
        is_complete = !sentence.best[i].empty();
        if (is_complete) text[i] = sentences.at(std::string(sentence.best[i])).text;
      }
      if (is_complete) {
        sink({.source = id, .document = {}, .text = text});
      } else {
        ++n_incomplete;
      }
    }
    notes_.clear();
    if (n_incomplete == 0) return;
    notes_ = {
        fmt::format("{} of {} sentences in {} are left out, since they lack a translation "
                    "into one of the other languages",
                    n_incomplete, order.size(), wanted[0])};
  }

 private:
  using Sentences = std::unordered_map<std::string, Sentence>;
  static constexpr std::string_view kNoLanguage = "\\N";

  Sentences take_sentences(std::span<const std::string> wanted,
                           std::vector<std::string>& order) const {
    Sentences sentences;
    for (const auto& file : files_) {
      if (holds_links(file.path)) continue;
      for_each_line(file.path, 3, [&](const auto& fields) {
        const auto language = std::ranges::find(wanted, fields[1]);
        if (language == wanted.end()) return;
        const auto index = static_cast<std::size_t>(language - wanted.begin());
        const auto [place, is_new] = sentences.try_emplace(
            std::string(fields[0]), Sentence{index, std::string(fields[2]), {}});
        if (is_new && index == 0) order.push_back(place->first);
      });
    }
    return sentences;
  }

  /// Gives each sentence of the first language its translations: those with the lowest numbers.
  void link(Sentences& sentences, std::size_t n_languages) const {
    for (const auto& file : files_) {
      if (!holds_links(file.path)) continue;
      for_each_line(file.path, 2, [&](const auto& fields) {
        const auto from = sentences.find(std::string(fields[0]));
        const auto to = sentences.find(std::string(fields[1]));
        if (from == sentences.end() || to == sentences.end()) return;
        if (from->second.language != 0 || to->second.language == 0) return;
        auto& best = from->second.best;
        best.resize(n_languages);
        auto& chosen = best[to->second.language];
        if (chosen.empty() || is_lower(to->first, chosen)) chosen = to->first;
      });
    }
  }

  static bool is_lower(std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  }

  std::vector<CorpusFile> files_;
};

/// A folder with sentences.csv and links.csv, or with those of single languages and pairs
/// (eng_sentences.tsv, eng-spa_links.tsv).
std::vector<CorpusFiles> find_exports(const std::filesystem::path& folder) {
  CorpusFiles corpus;
  bool has_links = false;
  for (const auto& path : list_folder(folder)) {
    const std::filesystem::path name = without_compression(path.filename().string());
    const auto stem = name.stem().string();
    const bool is_table = name.extension() == ".csv" || name.extension() == ".tsv";
    if (!is_table || !(stem.ends_with("sentences") || stem.ends_with("links"))) continue;
    has_links = has_links || stem.ends_with("links");
    corpus.files.push_back({path});
  }
  if (!has_links) return {};
  corpus.stem = folder.has_filename() ? folder : folder.parent_path();
  return {std::move(corpus)};
}

}  // namespace

const CorpusFormat corpus_format::tatoeba = {
    .name = "Tatoeba",
    .accepted = "a folder of Tatoeba's exports (sentences.csv, links.csv)",
    .extensions = {},
    .find_files = &find_exports,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<TatoebaReader>(corpus.files);
    },
};

}  // namespace isogloss
