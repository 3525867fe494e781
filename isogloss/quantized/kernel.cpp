#include "isogloss/quantized/kernel.h"

#include <algorithm>

#if defined(__x86_64__) && defined(__GNUC__)
#include "isogloss/quantized/kernel_x86_internal.h"
#elif defined(__aarch64__) && defined(__linux__)
#include "isogloss/quantized/kernel_arm_internal.h"
#endif

namespace isogloss {
namespace {

/// The fastest first; from the portable one on, none that is used.
constexpr const KernelSet* kSets[] = {
#if defined(__x86_64__) && defined(__GNUC__)
    &kAvx512VnniKernels, &kAvxVnniKernels, &kAvx2Kernels, &kPortableKernels, &kAvx512Vnni256Kernels,
#elif defined(__aarch64__) && defined(__linux__)
    &kArmI8mmKernels,
    &kArmDotprodKernels,
    &kPortableKernels,
#else
    &kPortableKernels,
#endif
};

}  // namespace

const QuantizedKernel* KernelSet::find(ggml_type type) const {
  const auto found = std::ranges::find(kernels, type, &QuantizedKernel::type);
  return found == kernels.end() ? nullptr : &*found;
}

std::span<const KernelSet* const> kernel_sets() { return kSets; }

const KernelSet* best_kernels() {
  static const auto* const best =
      *std::ranges::find_if(kSets, [](const KernelSet* set) { return set->runs_here(); });
  return best == &kPortableKernels ? nullptr : best;
}

}  // namespace isogloss
