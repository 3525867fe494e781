#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/imports/array_rows.h"
#include "isogloss/imports/sentence_list.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

class ArraySource : public LanguageSource {
 public:
  ArraySource(const fs::path& list, std::span<const fs::path> arrays)
      : sentences_(read_sentence_list(list)) {
    std::size_t begin = 0;
    for (const auto& path : arrays) {
      auto rows = open_array_rows(path);
      const auto n = rows->n_sentences(std::span(sentences_).subspan(begin));
      if (rows->n_features() != (parts_.empty() ? rows : parts_.front().rows)->n_features()) {
        throw Error(ErrorCode::kBadInput,
                    fmt::format("{}: has {} features, {} has {}; all must be of one SAE",
                                path.string(), rows->n_features(), arrays.front().string(),
                                parts_.front().rows->n_features()));
      }
      begin += n;
      parts_.push_back({std::move(rows), begin});
    }
    if (begin == sentences_.size()) return;
    throw Error(
        ErrorCode::kBadInput,
        fmt::format(
            "{}: lists {} sentences, but {} holds activations of {}; write one line "
            "for each sentence, in the order of the activations",
            list.string(), sentences_.size(),
            arrays.size() == 1 ? arrays.front().string() : arrays.front().parent_path().string(),
            begin));
  }

  std::int64_t n_sentences() const override { return std::ssize(sentences_); }
  std::int32_t n_features() const override { return parts_.front().rows->n_features(); }

  ImportedSentence next() override {
    while (parts_[part_].end <= next_) ++part_;
    auto& sentence = sentences_[next_++];
    parts_[part_].rows->read(sentence);
    return std::move(sentence);
  }

 private:
  struct Part {
    std::unique_ptr<ArrayRows> rows;
    std::size_t end;  ///< of its sentences among all
  };

  std::vector<ImportedSentence> sentences_;
  std::vector<Part> parts_;
  std::size_t part_ = 0;
  std::size_t next_ = 0;
};

}  // namespace

std::unique_ptr<LanguageSource> open_arrays(const fs::path& sentences,
                                            std::span<const fs::path> arrays) {
  return std::make_unique<ArraySource>(sentences, arrays);
}

}  // namespace isogloss
