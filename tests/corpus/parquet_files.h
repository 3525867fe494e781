// Parquet files for the corpus tests.
#pragma once

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace isogloss {

inline std::shared_ptr<arrow::Array> texts(const std::vector<std::string>& values) {
  arrow::StringBuilder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

/// {names[i]: values[i]} as a struct.
inline std::shared_ptr<arrow::Array> struct_of(const std::vector<std::string>& names,
                                               const arrow::ArrayVector& values) {
  return arrow::StructArray::Make(values, names).ValueOrDie();
}

inline std::filesystem::path write_parquet(const std::filesystem::path& path,
                                           const std::vector<std::string>& columns,
                                           const arrow::ArrayVector& values) {
  arrow::FieldVector fields;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(arrow::field(columns[i], values[i]->type()));
  }
  const auto table = arrow::Table::Make(arrow::schema(fields), values);
  const auto sink = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
  // The types as they are, string_view included.
  const auto keeps_types = parquet::ArrowWriterProperties::Builder().store_schema()->build();
  EXPECT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), sink, 1024,
                                         parquet::default_writer_properties(), keeps_types)
                  .ok());
  EXPECT_TRUE(sink->Close().ok());
  return path;
}

/// A file of the hub's schema with `n_rows` rows: "en WORD 0", "es WORD 0", …
inline std::filesystem::path write_pairs(const std::filesystem::path& path, const std::string& word,
                                         int n_rows) {
  std::vector<std::string> en;
  std::vector<std::string> es;
  for (int row = 0; row < n_rows; ++row) {
    en.push_back("en " + word + " " + std::to_string(row));
    es.push_back("es " + word + " " + std::to_string(row));
  }
  return write_parquet(path, {"translation"}, {struct_of({"en", "es"}, {texts(en), texts(es)})});
}

}  // namespace isogloss
