// Any bytes as the sequences, activations and maxima of a result folder (sized_files.h): whatever
// reads them together gives an Error or what they say, nothing else.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/evidence/evidence.h"
#include "isogloss/exports/token_values.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/token_means.h"
#include "tests/fuzz/scratch_folder.h"
#include "tests/fuzz/sized_files.h"

namespace {

// Those of the run that the seeds are of.
constexpr std::int32_t kFeatures = 3;
const std::vector<std::string> kLanguages = {"en", "es"};

template <class Read>
void read_or_refuse(const Read& read) {
  try {
    read();
  } catch (const isogloss::Error&) {
  }
}

void read_all(const isogloss::ResultFolder& folder, const isogloss::Maxima& maxima) {
  std::vector<std::int32_t> features;
  std::vector<isogloss::WantedEvidence> wanted;
  for (std::int32_t feature = 0; feature < kFeatures; ++feature) {
    features.push_back(feature);
    wanted.push_back({feature, isogloss::choose_rows(maxima, feature, 2, 4)});
  }
  read_or_refuse([&] { isogloss::compute_token_profile(folder, maxima, {}); });
  read_or_refuse([&] { isogloss::read_token_means(folder, maxima, {}); });
  read_or_refuse([&] { isogloss::gather_evidence(folder, maxima, wanted, {}); });
  read_or_refuse([&] { isogloss::strongest_sentences(folder, maxima, features, 2, {}); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder scratch;
  constexpr const char* kNames[] = {"sequences.parquet", "activations/part-00000.parquet",
                                    "maxima/part-00000.parquet"};
  isogloss::write_sized_files(scratch, {reinterpret_cast<const char*>(data), size}, kNames);
  const isogloss::ResultFolder folder{scratch.path()};
  read_or_refuse([&] { read_all(folder, isogloss::read_maxima(folder, kFeatures, kLanguages)); });
  return 0;
}
