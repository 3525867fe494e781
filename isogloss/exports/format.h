// The formats in which other programs take results. Each is declared once: in a file of its own in
// formats/, and a row of formats.inc lists it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "isogloss/core/progress.h"
#include "isogloss/store/layout.h"

namespace isogloss {

struct ExportOptions {
  std::filesystem::path output;
  // Of formats that hold some features only:
  std::int32_t n_features = 100;    ///< the largest number of features, best ranks first
  double min_agreement = 0;         ///< of `agreement_stratified`
  bool with_flagged = false;        ///< also those whose agreement a flag explains
  std::string neuronpedia_id = {};  ///< "MODEL/SOURCE"; empty: as the manifest says
  // Of formats that hold sentences of features:
  std::int32_t n_sentences = 20;  ///< of a feature, in each language
};

struct ExportFormat {
  std::string_view name;   ///< of --format
  std::string_view gives;  ///< what is written, for --help
  bool chooses_features;   ///< whether the options that choose features mean something
  bool has_sentences;      ///< whether ExportOptions::n_sentences means something
  /// Writes the output whole or not at all. Throws Error: kBadInput if the folder lacks what the
  /// format needs, kInterrupted on a stop.
  void (*write)(const ResultFolder& folder, const ExportOptions& options,
                const RunControl& control);
};

/// Throws Error(kUsage), which lists the formats, if there is none of this name.
const ExportFormat& find_export_format(std::string_view name);

/// What --format takes, one format a line: its name and what it gives.
std::string describe_export_formats();

namespace export_format {
#define ISOGLOSS_EXPORT_FORMAT(name) extern const ExportFormat name;
#include "isogloss/exports/formats.inc"
#undef ISOGLOSS_EXPORT_FORMAT
}  // namespace export_format

}  // namespace isogloss
