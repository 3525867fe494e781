#include "isogloss/corpus/sidecar.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "isogloss/core/error.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// Reads the file that names the rows, alongside them.
class SidecarReader {
 public:
  SidecarReader(const std::filesystem::path& path, bool is_challenge)
      : name_(path.string()), file_(path), lines_(file_.text(), name_) {
    LineReader first_line(file_.text(), name_);
    split_tabs(first_line.next().value_or(""), fields_);
    n_columns_ = fields_.size();
    if (is_challenge && (n_columns_ == 2 || n_columns_ == 3)) {
      form_ = Form::kChallenge;
    } else if (n_columns_ == 4) {
      form_ = Form::kOpus;
    } else if (fields_[0] == "id" &&
               (n_columns_ == 1 || (n_columns_ == 2 && fields_[1] == "document"))) {
      lines_.next();
    } else {
      first_line.fail("needs the header 'id' or 'id<TAB>document', or OPUS' four columns");
    }
  }

  /// Gives `row` the names in the next line, which stay valid until the next call. After the last
  /// line only counts the rows.
  void name_row(RowView& row) {
    ++n_rows_;
    const auto line = lines_.next();
    if (!line) return;
    ++n_names_;
    split_tabs(*line, fields_);
    if (fields_.size() != n_columns_) {
      lines_.fail(fmt::format("has {} columns instead of {}", fields_.size(), n_columns_));
    }
    std::string_view document;
    if (form_ == Form::kOurs) {
      row.source = fields_[0];
      if (n_columns_ == 2) document = fields_[1];
    } else if (form_ == Form::kOpus) {
      source_ = fmt::format("{}:{}", fields_[0], fields_[2]);
      row.source = source_;
      document = fields_[0];
    } else {
      if (n_columns_ == 3) document = fields_[0];
      codes_.insert(fmt::format("{}-{}", fields_[n_columns_ - 2], fields_[n_columns_ - 1]));
    }
    if (!document.empty()) row.document = document;
  }

  /// Throws unless there was one line per row. Returns notes for the user.
  std::vector<std::string> finish() {
    while (lines_.next()) ++n_names_;
    if (n_names_ != n_rows_) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: names {} rows, but the corpus has {}; mend or remove it", name_,
                              n_names_, n_rows_));
    }
    if (codes_.empty()) return {};
    return {fmt::format("src and trg are {} by {}", fmt::join(codes_, ", "), name_)};
  }

 private:
  enum class Form {
    kOurs,       ///< a TSV with the header `id` or `id<TAB>document`
    kOpus,       ///< of OPUS' Moses files: the two languages' documents, then sentence numbers
    kChallenge,  ///< of the Tatoeba challenge: perhaps a source, then the two languages
  };

  std::string name_;
  TextFile file_;
  LineReader lines_;
  std::vector<std::string_view> fields_;
  std::size_t n_columns_ = 0;
  Form form_ = Form::kOurs;
  std::string source_;
  std::set<std::string> codes_;  ///< "eng-spa"
  std::int64_t n_rows_ = 0;
  std::int64_t n_names_ = 0;
};

}  // namespace

std::optional<std::filesystem::path> find_sidecar(const CorpusFiles& files) {
  std::vector<std::filesystem::path> names{with_suffix(files.stem, "ids")};
  if (is_challenge(files)) names.push_back(with_suffix(files.stem, "id"));
  std::error_code unreachable;
  for (const auto& name : names) {
    for (const char* ending : {"", ".gz"}) {
      const std::filesystem::path path = name.string() + ending;
      if (std::filesystem::exists(path, unreachable)) return path;
    }
  }
  return std::nullopt;
}

std::vector<std::string> read_named_rows(RowReader& reader, const CorpusFiles& files,
                                         std::span<const std::string> wanted, const RowSink& sink) {
  const auto path = find_sidecar(files);
  if (!path) {
    reader.read(wanted, sink);
    return reader.notes();
  }
  SidecarReader sidecar(*path, is_challenge(files));
  reader.read(wanted, [&](const RowView& row) {
    RowView named = row;
    sidecar.name_row(named);
    sink(named);
  });
  auto notes = sidecar.finish();
  notes.insert(notes.begin(), reader.notes().begin(), reader.notes().end());
  return notes;
}

}  // namespace isogloss
