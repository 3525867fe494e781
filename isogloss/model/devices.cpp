#include "isogloss/model/devices.h"

#include <ggml-backend.h>
#include <ggml-cpu.h>

#include <cstring>

#include "isogloss/model/quantized_product_internal.h"

namespace isogloss {

std::vector<ComputeDevice> compute_devices() {
  std::vector<ComputeDevice> devices;
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    auto* device = ggml_backend_dev_get(i);
    std::size_t free = 0;
    std::size_t total = 0;
    ggml_backend_dev_memory(device, &free, &total);
    const auto type = ggml_backend_dev_type(device);
    devices.push_back(
        {ggml_backend_dev_name(device), ggml_backend_dev_description(device),
         type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU, free,
         total});
  }
  return devices;
}

std::vector<std::string> cpu_features() {
  std::vector<std::string> names;
  auto* cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  if (cpu == nullptr) return names;
  const auto get_features =
      reinterpret_cast<ggml_backend_get_features_t>(ggml_backend_reg_get_proc_address(
          ggml_backend_dev_backend_reg(cpu), "ggml_backend_get_features"));
  if (get_features == nullptr) return names;
  for (const auto* feature = get_features(ggml_backend_dev_backend_reg(cpu));
       feature->name != nullptr; ++feature) {
    if (std::strcmp(feature->value, "1") == 0) names.emplace_back(feature->name);
  }
  return names;
}

bool has_own_products() { return QuantizedProduct::is_available(); }

}  // namespace isogloss
