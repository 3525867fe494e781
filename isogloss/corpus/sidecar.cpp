#include "isogloss/corpus/sidecar.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

/// Reads STEM.ids alongside the rows. Two forms: ours, a TSV with the header `id` or
/// `id<TAB>document`; and the one that OPUS packs with its Moses files, which has no header but
/// four columns: the documents of the two languages, then the numbers of the sentences in each.
class SidecarReader {
 public:
  explicit SidecarReader(const std::filesystem::path& path)
      : name_(path.string()), file_(path), lines_(file_.text(), name_) {
    LineReader first_line(file_.text(), name_);
    split_tabs(first_line.next().value_or(""), fields_);
    is_opus_ = fields_.size() == 4;
    n_columns_ = fields_.size();
    if (is_opus_) return;
    lines_.next();
    const bool is_ours =
        fields_[0] == "id" && (n_columns_ == 1 || (n_columns_ == 2 && fields_[1] == "document"));
    if (!is_ours) {
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
    if (is_opus_) source_ = fmt::format("{}:{}", fields_[0], fields_[2]);
    row.source = is_opus_ ? std::string_view(source_) : fields_[0];
    const auto document = is_opus_ ? fields_[0] : n_columns_ == 2 ? fields_[1] : "";
    if (!document.empty()) row.document = document;
  }

  /// Throws unless there was one line per row.
  void finish() {
    while (lines_.next()) ++n_names_;
    if (n_names_ != n_rows_) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: names {} rows, but the corpus has {}; mend or remove it", name_,
                              n_names_, n_rows_));
    }
  }

 private:
  std::string name_;
  MappedFile file_;
  LineReader lines_;
  std::vector<std::string_view> fields_;
  std::size_t n_columns_ = 0;
  bool is_opus_ = false;
  std::string source_;
  std::int64_t n_rows_ = 0;
  std::int64_t n_names_ = 0;
};

}  // namespace

std::optional<std::filesystem::path> find_sidecar(const CorpusFiles& files) {
  auto path = with_suffix(files.stem, "ids");
  std::error_code unreachable;
  if (!std::filesystem::exists(path, unreachable)) return std::nullopt;
  return path;
}

void read_named_rows(RowReader& reader, const CorpusFiles& files,
                     std::span<const std::string> wanted, const RowSink& sink) {
  const auto path = find_sidecar(files);
  if (!path) return reader.read(wanted, sink);
  SidecarReader sidecar(*path);
  reader.read(wanted, [&](const RowView& row) {
    RowView named = row;
    sidecar.name_row(named);
    sink(named);
  });
  sidecar.finish();
}

}  // namespace isogloss
