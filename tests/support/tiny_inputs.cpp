#include "tests/support/tiny_inputs.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>

namespace isogloss::test {
namespace {

constexpr float kThreshold = 0.01F;

/// safetensors: header length, JSON header, data.
void write_safetensors(const std::filesystem::path& path,
                       const std::vector<std::pair<std::string, std::vector<float>>>& tensors,
                       const std::vector<std::vector<int>>& shapes) {
  nlohmann::json header;
  std::string data;
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto& [name, values] = tensors[i];
    const auto begin = data.size();
    data.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
    header[name] = {{"dtype", "F32"}, {"shape", shapes[i]}, {"data_offsets", {begin, data.size()}}};
  }
  const auto text = header.dump();
  const auto length = static_cast<std::uint64_t>(text.size());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(&length), sizeof(length));
  file << text << data;
}

}  // namespace

std::filesystem::path tiny_model() { return ISOGLOSS_GOLDEN_DIR "/tiny-gemma2.gguf"; }

void write_tiny_sae(const std::filesystem::path& folder, int d_in) {
  const auto d = static_cast<std::size_t>(d_in);
  const auto n = 2 * d;
  std::vector<float> w_enc(d * n), w_dec(n * d);
  for (std::size_t i = 0; i < d; ++i) {
    w_enc[i * n + i] = w_dec[i * d + i] = 1;
    w_enc[i * n + d + i] = w_dec[(d + i) * d + i] = -1;
  }
  std::filesystem::create_directories(folder);
  write_safetensors(folder / "sae_weights.safetensors",
                    {{"W_enc", w_enc},
                     {"W_dec", w_dec},
                     {"b_enc", std::vector<float>(n)},
                     {"b_dec", std::vector<float>(d)},
                     {"threshold", std::vector<float>(n, kThreshold)}},
                    {{d_in, 2 * d_in}, {2 * d_in, d_in}, {2 * d_in}, {d_in}, {2 * d_in}});
  const nlohmann::json cfg = {{"architecture", "jumprelu"},
                              {"d_in", d_in},
                              {"d_sae", 2 * d_in},
                              {"dtype", "float32"},
                              {"device", "cpu"},
                              {"apply_b_dec_to_input", false},
                              {"normalize_activations", "none"},
                              {"reshape_activations", "none"},
                              {"metadata", {{"hook_name", "blocks.2.hook_resid_post"}}}};
  std::ofstream(folder / "cfg.json") << cfg.dump();
}

void write_tiny_corpus(const std::filesystem::path& path, int n_rows) {
  constexpr std::array<const char*, 4> kEnglish = {"the sea", "the stone", "the name", "the door"};
  constexpr std::array<const char*, 4> kSpanish = {"el mar", "la piedra", "el nombre", "la puerta"};
  std::ofstream file(path, std::ios::binary);
  file << "en\tes\n";
  for (int row = 0; row < n_rows; ++row) {
    const auto first = static_cast<std::size_t>(row % 4);
    const auto second = static_cast<std::size_t>(row / 4 % 4);
    file << fmt::format("{0} is in {1}, {3}\t{2} es de {4}, {3}\n", kEnglish[first],
                        kEnglish[second], kSpanish[first], row, kSpanish[second]);
  }
}

std::vector<std::string> tiny_run(const std::filesystem::path& folder,
                                  const std::filesystem::path& output, int n_rows) {
  const auto sae = folder / "sae";
  const auto corpus = folder / "corpus.tsv";
  if (!std::filesystem::exists(sae)) write_tiny_sae(sae, 64);
  if (!std::filesystem::exists(corpus)) write_tiny_corpus(corpus, n_rows);
  return {"run",           "--model",  tiny_model().string(), "--sae",     sae.string(), "--corpus",
          corpus.string(), "--output", output.string(),       "--threads", "1"};
}

}  // namespace isogloss::test
