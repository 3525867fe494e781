#include "isogloss/corpus/gettext.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// What follows `label` in `header`, up to a blank or the end of the line.
std::string_view value_after(std::string_view header, std::string_view label) {
  const auto found = header.find(label);
  if (found == std::string_view::npos) return {};
  auto value = header.substr(found + label.size());
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value.substr(0, value.find_first_of(" ;\r\n"));
}

}  // namespace

void take_header(std::string_view header, std::string_view name, Catalogue& catalogue) {
  catalogue.language = value_after(header, "Language:");
  const auto charset = value_after(header, "charset=");
  constexpr std::string_view kAccepted[] = {"",         "UTF-8", "utf-8",  "UTF8",
                                            "US-ASCII", "ASCII", "CHARSET"};
  if (std::ranges::find(kAccepted, charset) != std::end(kAccepted)) return;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: is in {}, isogloss reads UTF-8; convert it with msgconv -t UTF-8",
                          name, charset));
}

Catalogue read_catalogue(const std::filesystem::path& path) {
  using namespace std::string_view_literals;
  const TextFile file(path);
  const auto bytes = file.text();
  const bool is_mo =
      bytes.starts_with("\xde\x12\x04\x95"sv) || bytes.starts_with("\x95\x04\x12\xde"sv);
  return is_mo ? parse_mo(bytes, path.string()) : parse_po(bytes, path.string());
}

}  // namespace isogloss
