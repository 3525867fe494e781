// The kernels for x86-64. The build is for any such processor; single functions are compiled for
// those that have more.
#pragma once

#include "isogloss/quantized/kernel.h"

namespace isogloss {

extern const KernelSet kAvx512VnniKernels;
extern const KernelSet kAvxVnniKernels;
/// The same code as kAvxVnniKernels in the encoding of AVX-512, so that it can be tested there.
extern const KernelSet kAvx512Vnni256Kernels;
extern const KernelSet kAvx2Kernels;

}  // namespace isogloss
