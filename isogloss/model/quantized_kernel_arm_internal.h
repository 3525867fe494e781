// The kernels for 64-bit Arm.
#pragma once

#include "isogloss/model/quantized_kernel_internal.h"

namespace isogloss {

extern const KernelSet kArmI8mmKernels;
extern const KernelSet kArmDotprodKernels;

}  // namespace isogloss
