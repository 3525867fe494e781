// What llama.cpp can compute with on this machine.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace isogloss {

struct ComputeDevice {
  std::string name;         ///< "CPU", "CUDA0"
  std::string description;  ///< the processor's or the card's name
  bool is_gpu = false;
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
};

/// Those that the llama.cpp of this build knows, the CPU among them.
std::vector<ComputeDevice> compute_devices();

/// The processor's instructions that llama.cpp was built with and uses: "AVX2", "AVX512_VNNI".
std::vector<std::string> cpu_features();

/// Whether products of quantised weights are our own here
/// (docs/decisions/0013-kernels-for-every-processor.md).
bool has_own_products();

}  // namespace isogloss
