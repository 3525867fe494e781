// Reads JSON objects field by field, naming the field in every error. Included by manifest.cpp
// only.
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "isogloss/core/error.h"

namespace isogloss {

/// A JSON object in a file, with its place there. Every read throws Error(kBadInput), which names
/// the file and the field, if the field is missing or invalid. Holds references only.
class JsonFields {
 public:
  using Json = nlohmann::ordered_json;

  JsonFields(const std::filesystem::path& path, const Json& object, std::string place = "")
      : path_(path), object_(object), place_(std::move(place)) {
    if (!object.is_object()) fail(place_.empty() ? "the file" : place_, "an object");
  }

  /// An integer from 0 (or `min`) to the largest T.
  template <class T>
  T integer(const char* name, T min = 0) const {
    const Json& field = at(name);
    const bool in_range =
        field.is_number_unsigned() &&
        field.get<std::uint64_t>() >= static_cast<std::uint64_t>(min) &&
        field.get<std::uint64_t>() <= static_cast<std::uint64_t>(std::numeric_limits<T>::max());
    if (!in_range) {
      fail(place_of(name),
           fmt::format("an integer from {} to {}", min, std::numeric_limits<T>::max()));
    }
    return field.get<T>();
  }

  double number(const char* name, double min) const {
    const Json& field = at(name);
    if (!field.is_number() || !(field.get<double>() >= min)) {
      fail(place_of(name), fmt::format("a number of at least {}", min));
    }
    return field.get<double>();
  }

  /// Returns NaN for null, which write_manifest writes for a number that JSON cannot hold.
  double number_or_nan(const char* name) const {
    if (is_null(name)) return std::numeric_limits<double>::quiet_NaN();
    return number(name, std::numeric_limits<double>::lowest());
  }

  bool boolean(const char* name) const {
    const Json& field = at(name);
    if (!field.is_boolean()) fail(place_of(name), "true or false");
    return field.get<bool>();
  }

  std::string text(const char* name) const {
    const Json& field = at(name);
    if (!field.is_string()) fail(place_of(name), "a string");
    return field.get<std::string>();
  }

  std::vector<std::string> texts(const char* name) const {
    std::vector<std::string> result;
    for (const Json& entry : array(name)) {
      if (!entry.is_string()) fail(place_of(name), "a list of strings");
      result.push_back(entry.get<std::string>());
    }
    return result;
  }

  bool has(const char* name) const { return object_.contains(name); }
  bool is_null(const char* name) const { return at(name).is_null(); }

  JsonFields object(const char* name) const { return {path_, at(name), place_of(name)}; }

  std::vector<JsonFields> objects(const char* name) const {
    std::vector<JsonFields> result;
    for (const Json& entry : array(name)) {
      result.emplace_back(path_, entry, fmt::format("{}[{}]", place_of(name), result.size()));
    }
    return result;
  }

  /// Throws: the field `name` must be `expected`.
  [[noreturn]] void reject(const char* name, const std::string& expected) const {
    fail(place_of(name), expected);
  }

 private:
  const Json& at(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end()) fail(place_of(name), "there");
    return *found;
  }

  const Json& array(const char* name) const {
    const Json& field = at(name);
    if (!field.is_array()) fail(place_of(name), "a list");
    return field;
  }

  std::string place_of(const char* name) const {
    return place_.empty() ? name : place_ + "." + name;
  }

  [[noreturn]] void fail(const std::string& place, const std::string& expected) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {} must be {}; restore the file or extract into another folder",
                            path_.string(), place, expected));
  }

  const std::filesystem::path& path_;
  const Json& object_;
  std::string place_;
};

}  // namespace isogloss
