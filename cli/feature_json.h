// A feature's evidence for scripts.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "isogloss/evidence/feature_view.h"

namespace isogloss::cli {

/// Numbers under their scores.parquet names, "peaks_LANGUAGE": [[token, share] …], then "samples":
/// [{sample, source, LANGUAGE: {text, max, tokens: [[text, value] …]}}]. "promoted" and
/// "suppressed" are [[token, effect] …], null where they are not known; "explanations" are
/// [{description, method, model} …].
nlohmann::ordered_json feature_json(const FeatureView& view);

}  // namespace isogloss::cli
