// What must hold of every row a corpus reader lets through.
#pragma once

#include <cstdlib>
#include <filesystem>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/sidecar.h"

namespace isogloss {

/// Reads the corpus as read_corpus does: an Error, or rows of sound text.
inline void read_or_refuse(const std::filesystem::path& path) {
  try {
    const auto location = locate_corpus(path);
    const auto reader = location.format->open(location.files);
    read_named_rows(*reader, location.files, reader->languages(), [&](const RowView& row) {
      if (row.text.size() != reader->languages().size()) std::abort();
      if (find_text_fault(row.source) || find_text_fault(row.document.value_or(""))) std::abort();
      for (const auto text : row.text) {
        if (find_text_fault(text)) std::abort();
      }
    });
  } catch (const Error&) {
  }
}

}  // namespace isogloss
