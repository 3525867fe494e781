// The card of a data set on the Hugging Face hub: README.md with a header that `datasets` reads.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "isogloss/store/manifest.h"

namespace isogloss {

/// What `datasets` loads as one table.
struct DatasetPart {
  std::string_view name;   ///< load_dataset(…, NAME)
  std::string_view path;   ///< in a result folder: a Parquet file, or a folder of such files
  std::string_view about;  ///< for the card: what a row is, then the columns
};

/// Those that a scored result folder may have, the one that is loaded without a name first.
std::span<const DatasetPart> dataset_parts();

/// Of a scored folder; `parts` are those that are there. Paths in the manifest are written as they
/// stand in it.
std::string dataset_card(const Manifest& manifest, std::span<const DatasetPart> parts);

/// `code`, a corpus' name of a language, as BCP 47 writes it: "pt_br" is "pt-BR".
std::string language_tag(std::string_view code);

}  // namespace isogloss
