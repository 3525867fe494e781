// What each verb does after parsing. All print to standard output and throw Error.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/arguments.h"
#include "isogloss/core/progress.h"
#include "isogloss/results/layers_file.h"

namespace isogloss::cli {

/// The end of run, score and demo: the ten best features and where everything lies.
void print_summary(const ResultFolder& folder, bool json);

/// The same over several hooks: a line a layer, in 80 columns.
void print_layers(const LayersFolder& parent, const std::vector<LayerRow>& rows, bool json);

/// Measures the scores on `arguments.runs`, writes page and table to `arguments.output` and prints
/// what they say in 80 columns.
void validate_scores(const Arguments& arguments, const RunControl& control);

/// What one feature says, and its evidence side by side.
void show_feature(const Arguments& arguments, const RunControl& control);

/// What a file or folder is.
void inspect(const std::filesystem::path& path, bool json);

/// The columns of the scores: name, type and what each says.
void print_columns(bool json);

/// Points `options` at the demo's model, SAE and corpus. Throws Error(kEnvironment) with the way to
/// fetch what is missing.
void use_demo_inputs(ExtractOptions& options);

}  // namespace isogloss::cli
