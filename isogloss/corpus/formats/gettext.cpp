#include "isogloss/corpus/gettext.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "isogloss/core/error.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/joined_rows.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

constexpr std::string_view kExtensions[] = {".po", ".mo"};

/// The language of what is translated from, where no catalogue is for it. Gettext's manual asks
/// programs to hold English.
constexpr std::string_view kMsgidLanguage = "en";

bool is_catalogue(const std::filesystem::path& name) {
  return std::ranges::find(kExtensions, name.extension().string()) != std::end(kExtensions);
}

/// The document and the language in names such as "es.po", "tool.es.po" and "tool-es.po"; both
/// empty if it has no language.
CorpusFile split_name(const std::filesystem::path& path) {
  const std::filesystem::path name = without_compression(path.filename().string());
  const auto stem = name.stem().string();
  if (reads_as_language(stem)) return {path, stem};
  for (const char separator : {'.', '-'}) {
    const auto at = stem.rfind(separator);
    if (at == std::string::npos || !reads_as_language(stem.substr(at + 1))) continue;
    return {path, stem.substr(at + 1), stem.substr(0, at)};
  }
  return {path};
}

/// The catalogues in `folder`, in its folders LANGUAGE and LANGUAGE/LC_MESSAGES. Of a PO and an MO
/// of one name the PO.
std::vector<CorpusFile> list_catalogues(const std::filesystem::path& folder) {
  std::map<std::pair<std::string, std::string>, CorpusFile> found;  // MO files come first
  const auto add = [&](const CorpusFile& file) {
    if (!file.language.empty()) found[{file.document, file.language}] = file;
  };
  for (const auto& path : list_folder(folder)) {
    const std::filesystem::path name = without_compression(path.filename().string());
    if (is_catalogue(name)) add(split_name(path));
    const auto language = path.filename().string();
    if (!reads_as_language(language)) continue;
    for (const auto& place : {path, path / "LC_MESSAGES"}) {
      for (const auto& file : list_folder(place)) {
        const std::filesystem::path inner = without_compression(file.filename().string());
        if (is_catalogue(inner)) add({file, language, inner.stem().string()});
      }
    }
  }
  std::vector<CorpusFile> files;
  for (const auto& item : found) files.push_back(item.second);
  return files;
}

/// `path` as a folder of catalogues, or as the common stem of some.
std::vector<CorpusFiles> find_catalogues(const std::filesystem::path& path) {
  std::error_code unreachable;
  CorpusFiles corpus;
  corpus.stem = path.has_filename() ? path : path.parent_path();
  if (std::filesystem::is_directory(path, unreachable)) {
    corpus.files = list_catalogues(path);
  } else {
    corpus.files = list_catalogues(path.has_parent_path() ? path.parent_path() : ".");
    std::erase_if(corpus.files, [&](const CorpusFile& file) {
      return file.document.empty() || file.document != path.filename().string();
    });
  }
  if (corpus.files.empty()) return {};
  return {std::move(corpus)};
}

class GettextReader : public RowReader {
 public:
  explicit GettextReader(CorpusFiles corpus) : corpus_(std::move(corpus)) {
    for (auto& file : corpus_.files) {
      if (file.language.empty()) file.language = language_of(file.path);
      if (std::ranges::find(languages_, file.language) == languages_.end()) {
        languages_.push_back(file.language);
      }
      has_documents_ = has_documents_ || file.document != corpus_.files.front().document;
    }
    if (std::ranges::find(languages_, kMsgidLanguage) == languages_.end()) {
      has_msgids_ = true;
      languages_.emplace(languages_.begin(), kMsgidLanguage);
    }
    check_offered_languages(languages_, corpus_.stem.string());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    JoinedRows rows(wanted);
    std::int64_t n_fuzzy = 0;
    std::int64_t n_plural = 0;
    for (const auto& file : corpus_.files) {
      if (std::ranges::find(wanted, file.language) == wanted.end()) continue;
      const auto catalogue = read_catalogue(file.path);
      n_fuzzy += catalogue.n_fuzzy;
      n_plural += catalogue.n_plural;
      add(file, catalogue, rows);
    }
    notes_ = rows.pass_on(sink);
    if (has_msgids_ && std::ranges::find(wanted, kMsgidLanguage) != wanted.end()) {
      notes_.push_back(
          fmt::format("{} is the text that is translated from (msgid)", kMsgidLanguage));
    }
    if (n_fuzzy + n_plural > 0) {
      notes_.push_back(
          fmt::format("{} fuzzy translations and {} messages with plural forms are "
                      "left out",
                      n_fuzzy, n_plural));
    }
  }

 private:
  static std::string language_of(const std::filesystem::path& path) {
    for (const auto& language : {read_catalogue(path).language, split_name(path).language}) {
      if (reads_as_language(language)) return language;
    }
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: names no language; name the file after it (es.po), or write it "
                            "into the header (Language: es)",
                            path.string()));
  }

  void add(const CorpusFile& file, const Catalogue& catalogue, JoinedRows& rows) const {
    const std::string document = has_documents_ ? file.document : std::string();
    for (const auto& message : catalogue.messages) {
      const auto key = fmt::format("{}\n{}\x04{}", file.document, message.context, message.id);
      const auto number = std::to_string(message.line);
      const RowName name{document.empty() ? number : document + ":" + number, document};
      if (has_msgids_) rows.add(key, kMsgidLanguage, message.id, name);
      if (rows.add(key, file.language, message.text, name)) continue;
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}:{}: the msgid is there twice; remove one (msguniq)",
                              file.path.string(), message.line));
    }
  }

  CorpusFiles corpus_;
  bool has_msgids_ = false;     ///< as one of the languages
  bool has_documents_ = false;  ///< more than one
};

}  // namespace

const CorpusFormat corpus_format::gettext = {
    .name = "gettext",
    .accepted = "a .po or .mo file or a folder of them",
    .extensions = kExtensions,
    .find_files = &find_catalogues,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<GettextReader>(corpus);
    },
};

}  // namespace isogloss
