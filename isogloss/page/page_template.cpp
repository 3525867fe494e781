#include "isogloss/page/page_template.h"

#include "isogloss/core/embed.h"

// ISOGLOSS_PLOTLY, ISOGLOSS_REPORT_HEAD … are the pieces' paths (cmake/embed.cmake).
ISOGLOSS_EMBED(isogloss_plotly, ISOGLOSS_PLOTLY);
ISOGLOSS_EMBED(isogloss_report_head, ISOGLOSS_REPORT_HEAD);
ISOGLOSS_EMBED(isogloss_report_middle, ISOGLOSS_REPORT_MIDDLE);
ISOGLOSS_EMBED(isogloss_report_end, ISOGLOSS_REPORT_END);
ISOGLOSS_EMBED(isogloss_layers_head, ISOGLOSS_LAYERS_HEAD);
ISOGLOSS_EMBED(isogloss_layers_middle, ISOGLOSS_LAYERS_MIDDLE);
ISOGLOSS_EMBED(isogloss_layers_end, ISOGLOSS_LAYERS_END);
ISOGLOSS_EMBED(isogloss_validation_head, ISOGLOSS_VALIDATION_HEAD);
ISOGLOSS_EMBED(isogloss_validation_middle, ISOGLOSS_VALIDATION_MIDDLE);
ISOGLOSS_EMBED(isogloss_validation_end, ISOGLOSS_VALIDATION_END);

#define ISOGLOSS_TEMPLATE(page)                                                             \
  PageTemplate {                                                                            \
    ISOGLOSS_EMBEDDED(isogloss_##page##_head), ISOGLOSS_EMBEDDED(isogloss_##page##_middle), \
        ISOGLOSS_EMBEDDED(isogloss_plotly), ISOGLOSS_EMBEDDED(isogloss_##page##_end)        \
  }

namespace isogloss {

std::string PageTemplate::filled(std::string_view data) const {
  std::string page;
  page.reserve(size() + data.size());
  for (const auto piece : {head, data, middle, plotly, end}) page += piece;
  return page;
}

PageTemplate report_template() { return ISOGLOSS_TEMPLATE(report); }
PageTemplate layers_template() { return ISOGLOSS_TEMPLATE(layers); }
PageTemplate validation_template() { return ISOGLOSS_TEMPLATE(validation); }

}  // namespace isogloss
