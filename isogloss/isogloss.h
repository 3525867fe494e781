// All of the library: `#include "isogloss/isogloss.h"`. cmake/install.cmake lists what is
// installed.
#pragma once

#include "isogloss/core/error.h"
#include "isogloss/core/progress.h"
#include "isogloss/core/version.h"
#include "isogloss/evidence/feature_view.h"
#include "isogloss/exports/format.h"
#include "isogloss/pipeline/explain.h"
#include "isogloss/pipeline/import_activations.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/results/pairs_file.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/bi_loss/bi_loss.h"
#include "isogloss/score/score_columns.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"
#include "isogloss/store/sequences.h"
#include "isogloss/validation/validation.h"
#include "isogloss/validation/validation_files.h"
