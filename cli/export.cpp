#include <fmt/format.h>

#include "cli/commands.h"
#include "isogloss/exports/format.h"

namespace isogloss::cli {

void export_results(const Arguments& arguments, const RunControl& control) {
  const auto& options = arguments.export_options;
  find_export_format(arguments.export_format).write({arguments.folder}, options, control);
  fmt::print("{}\n", options.output.string());
}

}  // namespace isogloss::cli
