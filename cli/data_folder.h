// Where the files are that come with the program.
#pragma once

#include <filesystem>

namespace isogloss::cli {

/// The folder of the demo's corpora and SAE: installed beside the program, or in the source tree
/// from which it was built. Throws Error(kEnvironment) if neither is there.
std::filesystem::path data_folder();

}  // namespace isogloss::cli
