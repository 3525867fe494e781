#include "isogloss/corpus/corpus.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "isogloss/core/error.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/shuffle.h"
#include "isogloss/corpus/sidecar.h"

namespace isogloss {
namespace {

constexpr std::int64_t kMaxSamples = std::numeric_limits<std::int32_t>::max();

/// Whether the results use the word themselves, so that a language of this name would clash: with a
/// group of statistics.json, a field of `show --json`, or the score's column top_token_share and
/// its top_token_share_<language>.
bool is_reserved(std::string_view language) {
  constexpr std::string_view kWords[] = {"global", "sample", "share", "source"};
  return std::ranges::find(kWords, language) != std::end(kWords) || language.starts_with("share_");
}

void check_options(const std::filesystem::path& path, const CorpusOptions& options) {
  const auto& languages = options.languages;
  if (languages.size() == 1) {
    throw Error(ErrorCode::kUsage, fmt::format("only the language '{}' is asked for; name at least "
                                               "two, e.g. en,es",
                                               languages[0]));
  }
  for (auto language = languages.begin(); language != languages.end(); ++language) {
    if (std::find(languages.begin(), language, *language) == language) continue;
    throw Error(ErrorCode::kUsage,
                fmt::format("the language '{}' is asked for twice; name it once", *language));
  }
  for (const auto& language : languages) {
    if (!is_reserved(language)) continue;
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: the results use the word '{}' themselves; give that language "
                            "another name in the corpus, or leave it out of --languages",
                            path.string(), language));
  }
  if (options.n_samples && (*options.n_samples < 1 || *options.n_samples > kMaxSamples)) {
    throw Error(ErrorCode::kUsage, fmt::format("cannot draw {} samples; ask for 1 to {}",
                                               *options.n_samples, kMaxSamples));
  }
}

/// The languages asked for, or all that are offered if none is asked for. Throws if one is not
/// offered.
std::vector<std::string> choose_languages(const std::filesystem::path& path,
                                          const std::vector<std::string>& offered,
                                          const std::vector<std::string>& asked) {
  for (const auto& language : asked) {
    if (std::find(offered.begin(), offered.end(), language) != offered.end()) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has no language '{}'; it offers {}", path.string(), language,
                            fmt::join(offered, ", ")));
  }
  if (!asked.empty()) return asked;
  if (const auto reserved = std::ranges::find_if(offered, is_reserved); reserved != offered.end()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has a language '{}', a word the results use themselves; give it "
                            "another name, or choose others with --languages",
                            path.string(), *reserved));
  }
  return offered;
}

ParallelSentence copy_row(const RowView& row, std::size_t sample) {
  ParallelSentence sentence;
  sentence.sample = static_cast<std::int32_t>(sample);
  sentence.source = row.source;
  if (row.document) sentence.document = *row.document;
  sentence.text.assign(row.text.begin(), row.text.end());
  return sentence;
}

using ReadRows = std::function<void(const RowSink&)>;

/// All rows in file order; the sample is the row's index.
void take_all(const ReadRows& read, const std::filesystem::path& path, Corpus& corpus) {
  read([&](const RowView& row) {
    if (++corpus.n_rows_read > kMaxSamples) {
      throw Error(ErrorCode::kUsage, fmt::format("{}: has more than {} rows; draw some with "
                                                 "--samples",
                                                 path.string(), kMaxSamples));
    }
    corpus.rows.push_back(copy_row(row, corpus.rows.size()));
  });
}

/// The drawn rows; the sample is the index in the draw. Reads the corpus twice, first to count its
/// rows, so that it never holds more text than was drawn.
void draw_rows(const ReadRows& read, const std::filesystem::path& path, std::int64_t n_samples,
               std::uint64_t seed, Corpus& corpus) {
  read([&](const RowView&) { ++corpus.n_rows_read; });
  if (n_samples > corpus.n_rows_read) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: cannot draw {} samples from {} rows; ask for fewer, or leave "
                            "--samples out to take all",
                            path.string(), n_samples, corpus.n_rows_read));
  }
  const auto drawn = hugging_face_shuffle(corpus.n_rows_read, seed, n_samples);
  std::unordered_map<std::int64_t, std::size_t> sample_of_row;
  for (std::size_t sample = 0; sample < drawn.size(); ++sample) {
    sample_of_row.emplace(drawn[sample], sample);
  }
  corpus.rows.resize(drawn.size());
  std::int64_t index = 0;
  read([&](const RowView& row) {
    const auto found = sample_of_row.find(index++);
    if (found == sample_of_row.end()) return;
    corpus.rows[found->second] = copy_row(row, found->second);
  });
}

std::vector<std::string> describe(const std::filesystem::path& path, const CorpusLocation& location,
                                  const std::vector<std::string>& of_reading) {
  std::vector<std::string> notes;
  if (location.splits.size() > 1) {
    notes.push_back(fmt::format("{}: reads the split {} of {} (--split chooses another)",
                                path.string(), location.files.split,
                                fmt::join(location.splits, ", ")));
  }
  for (const auto& note : of_reading) {
    notes.push_back(fmt::format("{}: {}", path.string(), note));
  }
  return notes;
}

}  // namespace

Corpus read_corpus(const std::filesystem::path& path, const CorpusOptions& options) {
  check_options(path, options);
  const auto location = locate_corpus(path, options.split);
  const auto reader = location.format->open(location.files);
  Corpus corpus;
  corpus.split = location.files.split;
  corpus.languages = choose_languages(path, reader->languages(), options.languages);
  std::vector<std::string> notes;
  const ReadRows read = [&](const RowSink& sink) {
    notes = read_named_rows(*reader, location.files, corpus.languages, sink);
  };
  if (options.n_samples) {
    draw_rows(read, path, *options.n_samples, options.seed, corpus);
  } else {
    take_all(read, path, corpus);
  }
  corpus.notes = describe(path, location, notes);
  if (corpus.n_rows_read == 0 && !notes.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: no row has a text in every one of the {} languages; choose others "
                            "with --languages",
                            path.string(), corpus.languages.size()));
  }
  if (corpus.n_rows_read == 0) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds no rows; give a corpus with sentences", path.string()));
  }
  if (options.clean) clean(corpus);
  if (corpus.rows.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: cleaning left none of {} rows ({} empty, {} duplicate, {} "
                            "identical, {} of odd length); check it, or keep all with --no-clean",
                            path.string(), options.n_samples.value_or(corpus.n_rows_read),
                            corpus.dropped.empty, corpus.dropped.duplicate,
                            corpus.dropped.identical, corpus.dropped.length_ratio));
  }
  return corpus;
}

std::vector<std::filesystem::path> corpus_files(const std::filesystem::path& path,
                                                const std::vector<std::string>& languages,
                                                std::string_view split) {
  const auto location = locate_corpus(path, split);
  const auto& corpus = location.files;
  std::vector<std::string> chosen{""};  // of files that hold all languages
  if (!corpus.files.front().language.empty()) {
    chosen = choose_languages(path, location.format->open(corpus)->languages(), languages);
  }
  std::vector<std::filesystem::path> files;
  for (const auto& language : chosen) {
    for (const auto& file : corpus.files) {
      if (file.language == language) files.push_back(file.path);
    }
  }
  if (const auto sidecar = find_sidecar(corpus)) files.push_back(*sidecar);
  return files;
}

std::vector<std::string> corpus_languages(const std::filesystem::path& path,
                                          std::string_view split) {
  const auto location = locate_corpus(path, split);
  return location.format->open(location.files)->languages();
}

}  // namespace isogloss
