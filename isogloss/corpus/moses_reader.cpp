#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/readers_internal.h"

namespace isogloss {
namespace {

/// Whether `suffix` reads as a language code (en, pt_br, zh-Hans, eng_Latn) and not as one of the
/// file types that lie beside a Moses pair.
bool is_moses_suffix(std::string_view suffix) {
  constexpr std::string_view kFileTypes[] = {"bak", "bz",  "csv", "gz",  "ids", "log", "md",
                                             "tmx", "tsv", "txt", "xml", "xz",  "zip"};
  if (std::find(std::begin(kFileTypes), std::end(kFileTypes), suffix) != std::end(kFileTypes)) {
    return false;
  }
  const auto primary = suffix.substr(0, suffix.find_first_of("-_"));
  return (primary.size() == 2 || primary.size() == 3) &&
         primary.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos &&
         suffix.find('.') == std::string_view::npos;
}

class MosesReader : public RowReader {
 public:
  explicit MosesReader(std::filesystem::path stem) : stem_(std::move(stem)) {
    languages_ = moses_languages(stem_);
    check_offered_languages(languages_, stem_.string());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) const override {
    std::vector<std::string> names;
    std::vector<MappedFile> files;
    for (const auto& language : wanted) {
      names.push_back(with_suffix(stem_, language).string());
      files.emplace_back(names.back());
    }
    std::vector<LineReader> readers;
    for (std::size_t i = 0; i < files.size(); ++i) readers.emplace_back(files[i].text(), names[i]);

    std::vector<std::string_view> text(wanted.size());
    while (next_row(readers, text)) {
      sink({.source = std::to_string(readers[0].line_number()), .document = {}, .text = text});
    }
    check_line_counts(readers);
  }

 private:
  /// False as soon as one of the files has no further line.
  static bool next_row(std::vector<LineReader>& readers, std::vector<std::string_view>& text) {
    bool complete = true;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      const auto line = readers[i].next();
      complete = complete && line.has_value();
      text[i] = line.value_or("");
    }
    return complete;
  }

  static void check_line_counts(std::vector<LineReader>& readers) {
    std::vector<std::string> counts;
    for (auto& reader : readers) {
      while (reader.next()) {
      }
      counts.push_back(fmt::format("{} has {} lines", reader.name(), reader.line_number()));
    }
    const auto differs = [&](const LineReader& reader) {
      return reader.line_number() != readers[0].line_number();
    };
    if (std::any_of(readers.begin(), readers.end(), differs)) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}; line N of each must be the same sentence: fetch the files again",
                              fmt::join(counts, ", ")));
    }
  }

  std::filesystem::path stem_;
};

}  // namespace

std::vector<std::string> moses_languages(const std::filesystem::path& stem) {
  const auto prefix = stem.filename().string() + ".";
  const auto folder = stem.has_parent_path() ? stem.parent_path() : std::filesystem::path(".");
  std::vector<std::string> languages;
  std::error_code unreadable;  // as good as nothing there: the caller reports the path
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !is_moses_suffix(name.substr(prefix.size()))) continue;
    languages.push_back(name.substr(prefix.size()));
  }
  std::sort(languages.begin(), languages.end());
  return languages;
}

std::unique_ptr<RowReader> open_moses_corpus(const std::filesystem::path& stem) {
  return std::make_unique<MosesReader>(stem);
}

}  // namespace isogloss
