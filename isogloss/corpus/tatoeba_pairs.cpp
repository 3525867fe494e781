#include "isogloss/corpus/tatoeba_pairs.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

class PairsReader : public RowReader {
 public:
  explicit PairsReader(const std::filesystem::path& path) : name_(path.string()), file_(path) {
    languages_ = {"src", "trg"};
  }

  bool is_of_pairs() const {
    LineReader lines(file_.text(), name_);
    std::vector<std::string_view> fields;
    split_tabs(lines.next().value_or(""), fields);
    return fields.size() == 4 && is_number(fields[0]) && is_number(fields[2]);
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    LineReader lines(file_.text(), name_);
    std::vector<std::string_view> fields;
    std::vector<std::string_view> text(wanted.size());
    while (const auto line = lines.next()) {
      if (line->empty()) continue;
      split_tabs(*line, fields);
      if (fields.size() != 4) {
        lines.fail(
            fmt::format("has {} columns; each line must have a sentence's number and text, "
                        "then its translation's",
                        fields.size()));
      }
      for (std::size_t i = 0; i < wanted.size(); ++i) text[i] = fields[wanted[i] == "src" ? 1 : 3];
      const auto source = fmt::format("{}-{}", fields[0], fields[2]);
      sink({.source = source, .document = {}, .text = text});
    }
    notes_ = {"are Tatoeba's pairs, which do not name their languages: these are src and trg"};
  }

 private:
  std::string name_;
  TextFile file_;
};

}  // namespace

std::unique_ptr<RowReader> open_tatoeba_pairs(const std::filesystem::path& path) {
  auto reader = std::make_unique<PairsReader>(path);
  return reader->is_of_pairs() ? std::move(reader) : nullptr;
}

}  // namespace isogloss
