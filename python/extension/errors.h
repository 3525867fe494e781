// isogloss::Error as the exceptions of isogloss._errors.
#pragma once

namespace isogloss::python {

void translate_errors();

}  // namespace isogloss::python
