// What the user asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "isogloss/exports/format.h"
#include "isogloss/pipeline/explain.h"
#include "isogloss/pipeline/import_activations.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/validation/validation.h"

namespace isogloss::cli {

/// The command line after parsing: `verb` says which members count.
struct Arguments {
  std::string verb;  ///< "run", "extract", "plan", "finish", "score", "report", "validate", "show",
                     ///< "inspect", "columns", "import", "explain", "export", "pull", "saes",
                     ///< "doctor" or "demo"
  ExtractOptions extract;
  ImportOptions import;
  ScoringOptions scoring;
  std::filesystem::path folder;    ///< of finish, score, report, show, explain and export
  std::filesystem::path file;      ///< of inspect
  std::vector<std::string> words;  ///< of saes
  std::int32_t feature = 0;        ///< of show
  std::int32_t n_sentences = 5;    ///< of show

  std::vector<std::filesystem::path> runs;  ///< of validate
  std::filesystem::path against;            ///< of validate; may be empty
  std::filesystem::path output;             ///< of validate; empty: the only run's folder
  ValidationOptions validation;

  ExplainOptions explain;
  std::string export_format;  ///< name of an ExportFormat
  ExportOptions export_options;

  bool stats = false;  ///< of run, extract and demo
  bool json = false;
  ProgressStyle progress = ProgressStyle::kText;
};

/// Parses the command line, with `--config FILE.toml` standing for the options it holds; options
/// given on the command line win. Returns nullopt after printing help or the version. Throws
/// Error(kUsage) with one line.
std::optional<Arguments> parse_arguments(std::vector<std::string> words);

/// The option words that a TOML file stands for: `samples = 500` → `--samples=500`. Keys are the
/// long option names; `known` decides which are allowed. Throws Error(kUsage) naming file and line.
std::vector<std::string> words_of_config(const std::filesystem::path& path,
                                         const std::vector<std::string>& known);

}  // namespace isogloss::cli
