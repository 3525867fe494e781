#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "isogloss/core/error.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"
#include "isogloss/corpus/xml.h"

namespace isogloss {
namespace {

struct Variant {
  std::string language;
  std::string text;
};

/// One `tu` element.
struct Unit {
  std::string id;
  std::vector<Variant> variants;
};

using UnitSink = std::function<void(const Unit&)>;

/// Puts units together from the elements tu, tuv and seg.
class UnitBuilder {
 public:
  explicit UnitBuilder(const UnitSink& sink) : sink_(sink) {}

  void begin(std::string_view name, const std::map<std::string, std::string>& attributes) {
    const auto value_of = [&](const char* attribute) {
      const auto found = attributes.find(attribute);
      return found == attributes.end() ? std::string() : found->second;
    };
    if (name == "tmx") is_tmx_ = true;
    if (name == "tu" || name == "tuv") in_text_ = false;  // a seg does not hold them
    if (name == "tu") {
      unit_ = {value_of("tuid"), {}};
    } else if (name == "tuv") {
      // TMX 1.1 wrote lang for xml:lang.
      const auto language = value_of("xml:lang");
      unit_.variants.push_back({language.empty() ? value_of("lang") : language, {}});
    } else if (name == "seg") {
      in_text_ = !unit_.variants.empty();
    } else if (is_code(name)) {
      ++code_depth_;
    }
  }

  void end(std::string_view name) {
    if (name == "tu") {
      sink_(unit_);
      unit_ = {};
    } else if (name == "seg") {
      in_text_ = false;
    } else if (is_code(name)) {
      --code_depth_;
    }
  }

  void text(std::string_view piece) {
    if (in_text_ && code_depth_ == 0) unit_.variants.back().text += piece;
  }

  bool is_tmx() const { return is_tmx_; }

 private:
  /// Whether an element within a seg holds formatting of the program it came from.
  static bool is_code(std::string_view name) {
    constexpr std::string_view kCodes[] = {"bpt", "ept", "it", "ph", "ut"};
    return std::ranges::find(kCodes, name) != std::end(kCodes);
  }

  const UnitSink& sink_;
  Unit unit_;
  bool is_tmx_ = false;
  bool in_text_ = false;
  int code_depth_ = 0;
};

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

class TmxReader : public RowReader {
 public:
  explicit TmxReader(const std::filesystem::path& path) : name_(path.string()), file_(path) {
    std::set<std::string> seen;
    read_units([&](const Unit& unit) {
      for (const auto& variant : unit.variants) {
        if (seen.insert(lower(variant.language)).second) languages_.push_back(variant.language);
      }
    });
    check_offered_languages(languages_, name_);
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    std::int64_t n_units = 0;
    std::int64_t n_incomplete = 0;
    std::int64_t n_repeated = 0;
    std::vector<std::string_view> text(wanted.size());
    read_units([&](const Unit& unit) {
      ++n_units;
      if (!take_texts(unit, wanted, text, n_repeated)) {
        ++n_incomplete;
        return;
      }
      const auto number = std::to_string(n_units);
      sink({.source = unit.id.empty() ? number : unit.id, .document = {}, .text = text});
    });
    notes_.clear();
    if (n_incomplete > 0) {
      notes_.push_back(
          fmt::format("{} of {} rows are left out, since they lack one of the "
                      "languages",
                      n_incomplete, n_units));
    }
    if (n_repeated > 0) {
      notes_.push_back(
          fmt::format("of several texts in one language the first was taken {} times", n_repeated));
    }
  }

 private:
  void read_units(const UnitSink& sink) const {
    UnitBuilder builder(sink);
    read_xml(file_.text(), name_,
             {.begin = [&](auto name, const auto& attributes) { builder.begin(name, attributes); },
              .end = [&](auto name) { builder.end(name); },
              .text = [&](auto piece) { builder.text(piece); }});
    if (builder.is_tmx()) return;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is XML but no TMX; give a .tmx file", name_));
  }

  /// False if `unit` lacks a text that is wanted.
  static bool take_texts(const Unit& unit, std::span<const std::string> wanted,
                         std::vector<std::string_view>& text, std::int64_t& n_repeated) {
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const auto is_wanted = [&](const Variant& variant) {
        return lower(variant.language) == lower(wanted[i]);
      };
      const auto found = std::ranges::find_if(unit.variants, is_wanted);
      if (found == unit.variants.end()) return false;
      text[i] = found->text;
      if (std::ranges::count_if(unit.variants, is_wanted) > 1) ++n_repeated;
    }
    return true;
  }

  std::string name_;
  TextFile file_;
};

constexpr std::string_view kExtensions[] = {".tmx"};

}  // namespace

const CorpusFormat corpus_format::tmx = {
    .name = "TMX",
    .accepted = "a .tmx file",
    .extensions = kExtensions,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<TmxReader>(corpus.files.front().path);
    },
};

}  // namespace isogloss
