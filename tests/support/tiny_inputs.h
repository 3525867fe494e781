// Small real inputs for whole runs: the golden tiny Gemma-2, an SAE for it, a corpus.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace isogloss::test {

/// tests/golden/tiny-gemma2.gguf: 4 layers, d_model 64.
std::filesystem::path tiny_model();

/// A SAELens folder whose features are the positive and the negative part of every one of `d_in`
/// directions: it reconstructs any input exactly, so its self-check is sound.
void write_tiny_sae(const std::filesystem::path& folder, int d_in);

/// An en/es TSV of `n_rows` different sentences.
void write_tiny_corpus(const std::filesystem::path& path, int n_rows);

/// The words of `isogloss run` on the above, which it writes into `folder` if they are not there.
/// One thread: tests run side by side, and ggml's threads wait for each other by spinning.
std::vector<std::string> tiny_run(const std::filesystem::path& folder,
                                  const std::filesystem::path& output, int n_rows);

}  // namespace isogloss::test
