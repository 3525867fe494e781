#include "isogloss/model/own_operations_internal.h"

namespace isogloss {

// Read in ggml's src/ggml-cpu: products take activations in the type that goes with the weights',
// attention takes keys and values in float16, and two forms of GELU are tables of float16.
bool ggml_rounds(const ggml_tensor& node) {
  switch (node.op) {
    case GGML_OP_MUL_MAT:
    case GGML_OP_MUL_MAT_ID:
      return node.src[0]->type != GGML_TYPE_F32;
    case GGML_OP_FLASH_ATTN_EXT:
      return true;
    case GGML_OP_UNARY: {
      const auto form = ggml_get_unary_op(&node);
      return form == GGML_UNARY_OP_GELU || form == GGML_UNARY_OP_GELU_QUICK;
    }
    case GGML_OP_GLU: {
      const auto form = ggml_get_glu_op(&node);
      return form == GGML_GLU_OP_GEGLU || form == GGML_GLU_OP_GEGLU_QUICK;
    }
    default:
      return false;
  }
}

}  // namespace isogloss
