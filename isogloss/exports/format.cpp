#include "isogloss/exports/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

constexpr const ExportFormat* kFormats[] = {
#define ISOGLOSS_EXPORT_FORMAT(name) &export_format::name,
#include "isogloss/exports/formats.inc"
#undef ISOGLOSS_EXPORT_FORMAT
};

}  // namespace

const ExportFormat& find_export_format(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto* format : kFormats) {
    if (format->name == name) return *format;
    names.push_back(format->name);
  }
  throw Error(ErrorCode::kUsage,
              fmt::format("no export format \"{}\"; give {}", name, join_choices(names)));
}

std::string describe_export_formats() {
  std::string lines;
  for (const auto* format : kFormats)
    lines += fmt::format("  {}: {}\n", format->name, format->gives);
  return lines;
}

}  // namespace isogloss
