// The kernels for 64-bit Arm.
#pragma once

#include "isogloss/quantized/kernel.h"

namespace isogloss {

extern const KernelSet kArmI8mmKernels;
extern const KernelSet kArmDotprodKernels;

}  // namespace isogloss
