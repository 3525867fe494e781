#include "isogloss/imports/array_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "isogloss/imports/array_file.h"
#include "isogloss/store/limits.h"

namespace isogloss {
namespace {

std::int32_t checked_n_features(const ArrayFile& arrays, std::int64_t n_features) {
  if (n_features >= 1 && n_features <= kMostFeatures) return static_cast<std::int32_t>(n_features);
  arrays.fail(fmt::format("has {} features; the last axis must be the SAE's, {} at most",
                          n_features, kMostFeatures));
}

/// How many of `sentences` have `n_rows` tokens together.
std::size_t n_sentences_in(const ArrayFile& arrays, std::int64_t n_rows,
                           std::span<const ImportedSentence> sentences) {
  std::size_t n = 0;
  auto rest = n_rows;
  while (rest > 0 && n < sentences.size()) rest -= std::ssize(sentences[n++].text.tokens);
  if (rest == 0) return n;
  arrays.fail(fmt::format(
      "has {} rows, {} {} than its sentences have tokens; save one row for each token, special "
      "tokens included, and whole sentences in a file",
      n_rows, std::abs(rest), rest > 0 ? "more" : "fewer"));
}

/// Walks over a sentence's tokens: tells which count.
class CountingTokens {
 public:
  explicit CountingTokens(const ImportedText& text) : positions_(text.positions) {}

  bool counts(std::size_t token) {
    if (next_ == positions_.size() || positions_[next_] != static_cast<std::int32_t>(token)) {
      return false;
    }
    ++next_;
    return true;
  }

 private:
  std::span<const std::int32_t> positions_;
  std::size_t next_ = 0;
};

/// `activations`, [n_tokens, n_features], or with `attention_mask` [n_sentences, n_positions,
/// n_features].
class DenseRows : public ArrayRows {
 public:
  explicit DenseRows(std::unique_ptr<ArrayFile> arrays)
      : arrays_(std::move(arrays)), shape_(arrays_->info("activations").shape) {
    const bool is_padded = shape_.size() == 3;
    if (shape_.size() != 2 && !is_padded) {
      arrays_->fail(
          fmt::format("activations has the shape {}; wanted is [n_tokens, n_features] or "
                      "[n_sentences, n_positions, n_features]",
                      shape_text(shape_)));
    }
    if (std::ranges::find(shape_, 0) != shape_.end()) {
      arrays_->fail(
          fmt::format("activations is empty: {}; leave the file out", shape_text(shape_)));
    }
    if (is_padded) open_mask();
    constexpr std::array<std::string_view, 2> kKnown = {"activations", "attention_mask"};
    arrays_->expect_only(std::span(kKnown).first(is_padded ? 2 : 1));
    row_.resize(static_cast<std::size_t>(checked_n_features(*arrays_, shape_.back())));
    values_ = arrays_->stream("activations");
  }

  std::int32_t n_features() const override { return static_cast<std::int32_t>(shape_.back()); }

  std::size_t n_sentences(std::span<const ImportedSentence> sentences) const override {
    if (!mask_) return n_sentences_in(*arrays_, shape_[0], sentences);
    if (shape_[0] <= std::ssize(sentences)) return static_cast<std::size_t>(shape_[0]);
    arrays_->fail(fmt::format("activations has {} sentences, but only {} are listed for it",
                              shape_[0], sentences.size()));
  }

  void read(ImportedSentence& to) override {
    const auto mask = next_mask(to);
    CountingTokens tokens(to.text);
    std::size_t token = 0;
    for (const auto is_token : mask) {
      values_->read(row_);
      if (is_token == 0) continue;
      if (tokens.counts(token)) {
        const auto fault = append_dense(row_, to.text.activations);
        if (fault) arrays_->fail(to, fmt::format("token {}: {}", token, *fault));
      }
      ++token;
    }
  }

 private:
  void open_mask() {
    const std::vector<std::int64_t> wanted(shape_.begin(), shape_.begin() + 2);
    if (!arrays_->has("attention_mask")) {
      arrays_->fail(
          fmt::format("activations has the shape {}, but no attention_mask tells padding "
                      "from tokens; add one of shape {}",
                      shape_text(shape_), shape_text(wanted)));
    }
    const auto& shape = arrays_->info("attention_mask").shape;
    if (shape != wanted) {
      arrays_->fail(fmt::format("attention_mask has the shape {}, wanted is {}", shape_text(shape),
                                shape_text(wanted)));
    }
    mask_ = arrays_->stream("attention_mask");
  }

  /// Of the next sentence: 1 for each of its tokens.
  std::vector<std::int64_t> next_mask(const ImportedSentence& sentence) {
    const auto n_tokens = std::ssize(sentence.text.tokens);
    if (!mask_) return std::vector<std::int64_t>(static_cast<std::size_t>(n_tokens), 1);
    std::vector<std::int64_t> mask(static_cast<std::size_t>(shape_[1]));
    mask_->read(mask);
    if (!std::ranges::all_of(mask, [](std::int64_t m) { return m == 0 || m == 1; })) {
      arrays_->fail(sentence,
                    "attention_mask holds other numbers than 0 and 1; write 1 for each of "
                    "the sentence's tokens and 0 for padding");
    }
    const auto n_ones = std::ranges::count(mask, 1);
    if (n_ones != n_tokens) {
      arrays_->fail(sentence, fmt::format("attention_mask has {} ones for {} tokens; list the "
                                          "tokens without padding, and mark each in the mask",
                                          n_ones, n_tokens));
    }
    return mask;
  }

  std::unique_ptr<ArrayFile> arrays_;
  std::vector<std::int64_t> shape_;  ///< of activations
  std::unique_ptr<TensorStream> values_;
  std::unique_ptr<TensorStream> mask_;  ///< null: nothing is padded
  std::vector<float> row_;
};

/// `data`, `indices`, `indptr` and `shape` [n_tokens, n_features], as scipy.sparse.save_npz writes
/// them for CSR.
class CsrRows : public ArrayRows {
 public:
  explicit CsrRows(std::unique_ptr<ArrayFile> arrays) : arrays_(std::move(arrays)) {
    constexpr std::array<std::string_view, 6> kKnown = {"data",  "indices", "indptr",
                                                        "shape", "format",  "_is_array"};
    arrays_->expect_only(kKnown);
    check_format();
    const auto n_rows = read_shape();
    n_values_ = vector_length("data");
    if (vector_length("indices") != n_values_ || vector_length("indptr") - 1 != n_rows) {
      arrays_->fail(fmt::format(
          "data, indices and indptr have {}, {} and {} entries for {} rows; wanted are as many "
          "data as indices, and one indptr more than rows",
          n_values_, vector_length("indices"), vector_length("indptr"), n_rows));
    }
    values_ = arrays_->stream("data");
    features_ = arrays_->stream("indices");
    ends_ = arrays_->stream("indptr");
    n_rows_ = n_rows;
    n_rows_left_ = n_rows;
    if (next_end() != 0) arrays_->fail("indptr does not begin with 0; save the matrix with scipy");
  }

  std::int32_t n_features() const override { return n_features_; }

  std::size_t n_sentences(std::span<const ImportedSentence> sentences) const override {
    return n_sentences_in(*arrays_, n_rows_, sentences);
  }

  void read(ImportedSentence& to) override {
    CountingTokens tokens(to.text);
    for (std::size_t token = 0; token < to.text.tokens.size(); ++token) {
      read_row(to);
      if (!tokens.counts(token)) continue;
      const auto fault =
          append_sparse(row_features_, row_values_, n_features_, to.text.activations);
      if (fault) arrays_->fail(to, fmt::format("token {}: {}", token, *fault));
    }
  }

 private:
  void check_format() const {
    if (!arrays_->has("format")) return;
    const auto letters = arrays_->integers("format");
    const std::string format(letters.begin(), letters.end());
    if (format == "csr") return;
    arrays_->fail("format is not csr; call tocsr() before the matrix is saved");
  }

  /// Sets the number of features and returns that of rows.
  std::int64_t read_shape() {
    if (arrays_->info("shape").n_elements != 2)
      arrays_->fail("shape is not [n_tokens, n_features]");
    const auto shape = arrays_->integers("shape");
    n_features_ = checked_n_features(*arrays_, shape[1]);
    return shape[0];
  }

  std::int64_t vector_length(std::string_view name) const {
    const auto& shape = arrays_->info(name).shape;
    if (shape.size() != 1) {
      arrays_->fail(
          fmt::format("{} has the shape {}, wanted is one axis", name, shape_text(shape)));
    }
    return shape[0];
  }

  std::int64_t next_end() {
    std::int64_t end = 0;
    ends_->read({&end, 1});
    return end;
  }

  void read_row(const ImportedSentence& sentence) {
    const auto end = next_end();
    const bool is_last = --n_rows_left_ == 0;
    if (end < end_ || end - end_ > n_features_ || end > n_values_ ||
        (is_last && end != n_values_)) {
      arrays_->fail(sentence,
                    fmt::format("indptr goes from {} to {}; it must ascend, by {} at most, "
                                "to {}, the number of data",
                                end_, end, n_features_, n_values_));
    }
    row_features_.resize(static_cast<std::size_t>(end - end_));
    row_values_.resize(row_features_.size());
    features_->read(row_features_);
    values_->read(row_values_);
    end_ = end;
  }

  std::unique_ptr<ArrayFile> arrays_;
  std::int32_t n_features_ = 0;
  std::int64_t n_rows_ = 0;
  std::int64_t n_rows_left_ = 0;
  std::int64_t n_values_ = 0;
  std::int64_t end_ = 0;  ///< of the last row that was read
  std::unique_ptr<TensorStream> values_;
  std::unique_ptr<TensorStream> features_;
  std::unique_ptr<TensorStream> ends_;
  std::vector<std::int64_t> row_features_;
  std::vector<float> row_values_;
};

}  // namespace

std::unique_ptr<ArrayRows> open_array_rows(const std::filesystem::path& path) {
  auto arrays = std::make_unique<ArrayFile>(path);
  if (arrays->has("activations")) return std::make_unique<DenseRows>(std::move(arrays));
  if (arrays->has("indptr")) return std::make_unique<CsrRows>(std::move(arrays));
  arrays->fail(
      "holds neither activations nor the data, indices, indptr and shape of a CSR matrix; "
      "docs/imports.md has the layouts");
}

}  // namespace isogloss
