// The settings in the JSON file beside an SAE's weights, with checked look-ups.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "isogloss/sae/format.h"

namespace isogloss {

/// A view of one JSON object of settings. A key that is null counts as absent, as in SAELens, and
/// so does one that is NaN or infinite, which Python writes and JSON does not know. Every look-up
/// throws Error(kBadInput), which names the file, if the value is of another kind.
class Settings {
 public:
  Settings(const nlohmann::json& object, const std::string& path) : object_(object), path_(path) {}

  [[noreturn]] void fail(std::string_view problem) const;

  /// Null if absent.
  const nlohmann::json* find(const char* key) const;
  /// Empty if absent. Holds no control characters: it may end up in a message, which is one line.
  std::string text(const char* key) const;
  bool flag(const char* key, bool otherwise) const;
  /// A number that must be there.
  double number(const char* key) const;
  /// A positive whole number that must be there.
  std::int32_t size(const char* key) const;
  /// The object under `key`; an empty one if absent.
  Settings child(const char* key) const;
  const nlohmann::json& object() const { return object_; }

 private:
  const nlohmann::json& object_;
  const std::string& path_;
};

/// A whole file of settings.
class SettingsFile {
 public:
  /// Throws Error(kBadInput) if the file is not a JSON object.
  explicit SettingsFile(const SaeFile& file);

  /// Valid as long as this object is.
  Settings settings() const { return {json_, path_}; }

 private:
  std::string path_;
  nlohmann::json json_;
};

}  // namespace isogloss
