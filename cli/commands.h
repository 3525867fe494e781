// What each verb does after parsing. All print to standard output and throw Error.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/arguments.h"
#include "isogloss/core/progress.h"
#include "isogloss/results/layers_file.h"

namespace isogloss::cli {

/// Prints the end of extract: where all is, and `seconds` unless it is null.
void print_extraction(const std::filesystem::path& output, bool json, const StageSeconds* seconds);

/// Prints the end of run, score and demo: the ten best features, where all files are, and `seconds`
/// unless it is null.
void print_summary(const ResultFolder& folder, bool json, const StageSeconds* seconds);

/// Prints the same over several hooks: one line per layer, in 80 columns.
void print_layers(const LayersFolder& parent, const std::vector<LayerRow>& rows, bool json,
                  const StageSeconds* seconds);

/// Validates the scores on `arguments.runs`, writes the page and the table to `arguments.output`,
/// and prints a summary in 80 columns.
void validate_scores(const Arguments& arguments, const RunControl& control);

/// Prints one feature: its numbers, its tokens, and its evidence side by side.
void show_feature(const Arguments& arguments, const RunControl& control);

/// Keeps published explanations beside the results, and prints how many.
void explain_features(const Arguments& arguments, const RunControl& control);

/// Writes a result folder's results in another program's format, and prints where.
void export_results(const Arguments& arguments, const RunControl& control);

/// Prints what a file or folder is, or something on the hub, which is fetched; `options` say what
/// to read of a corpus and how to read an SAE.
void inspect(const std::filesystem::path& path, const ExtractOptions& options, bool json,
             const RunControl& control);

/// Fetches the inputs that `options` name on the hub, and prints where each is. Throws
/// Error(kUsage) if none is named, or one is a path.
void pull(const ExtractOptions& options, bool json, const RunControl& control);

/// Prints the published SAEs whose name, model or hook hold all of `words`; without words, the
/// releases.
void list_published_saes(const std::vector<std::string>& words, bool json);

/// Prints what the program was built with and what this machine offers it, and runs a tiny model.
/// Throws Error(kEnvironment) if its activations are not transformers'.
void examine(bool json);

/// Prints the columns of the scores: the name, type and meaning of each.
void print_columns(bool json);

/// Points `options` at the demo's model, SAE and corpus. Throws Error(kEnvironment) with the way to
/// fetch what is missing.
void use_demo_inputs(ExtractOptions& options);

}  // namespace isogloss::cli
