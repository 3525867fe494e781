#include "python/extension/errors.h"

#include <nanobind/nanobind.h>

#include "isogloss/core/error.h"

namespace nb = nanobind;

namespace isogloss::python {

void translate_errors() {
  nb::register_exception_translator([](const std::exception_ptr& thrown, void*) {
    try {
      std::rethrow_exception(thrown);
    } catch (const Error& error) {
      const auto make = nb::module_::import_("isogloss._errors").attr("error_of");
      const nb::object exception = make(static_cast<int>(error.code()), error.what());
      PyErr_SetObject(exception.type().ptr(), exception.ptr());
    }
  });
}

}  // namespace isogloss::python
