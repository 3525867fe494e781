// Catalogues of gettext: PO, the text that translators edit, and MO, what programs load.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

struct Message {
  std::string context;
  std::string id;         ///< the text in the language that is translated from
  std::string text;       ///< the translation; not empty
  std::int64_t line = 0;  ///< of its msgid, from 1; in an MO its number
};

struct Catalogue {
  std::string language;  ///< as the header says; may be empty
  std::vector<Message> messages;
  std::int64_t n_fuzzy = 0;   ///< left out: translations that a translator has to look at
  std::int64_t n_plural = 0;  ///< left out: messages with plural forms
};

/// Untranslated and obsolete messages are left out too. Throws Error(kBadInput) naming the place,
/// also for one that is not in UTF-8.
Catalogue parse_po(std::string_view bytes, std::string_view name);
Catalogue parse_mo(std::string_view bytes, std::string_view name);

/// Tells the two apart by their first bytes.
Catalogue read_catalogue(const std::filesystem::path& path);

/// Takes the language from `header`, the translation of the empty message.
void take_header(std::string_view header, std::string_view name, Catalogue& catalogue);

}  // namespace isogloss
