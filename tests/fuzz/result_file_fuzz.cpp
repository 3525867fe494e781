// Any bytes as one of the Parquet files of a result folder, which the first byte names: an Error or
// what the file holds, nothing else.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/results/pairs_file.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/stats/profile_file.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"
#include "isogloss/store/sequences.h"
#include "tests/fuzz/scratch_folder.h"

namespace {

using isogloss::ResultFolder;

// Those of the run that the seeds are of.
const std::vector<std::string> kLanguages = {"es", "en"};
constexpr std::int32_t kFeatures = 40;
constexpr std::int32_t kSamples = 12;

/// A folder whose sequences fit the seeds: maxima are read against them.
class FuzzedFolder {
 public:
  FuzzedFolder() : folder_{scratch_.path()} {
    std::filesystem::create_directories(folder_.activations());
    std::filesystem::create_directories(folder_.maxima());
    isogloss::SequenceWriter writer(folder_);
    std::vector<isogloss::SequenceRecord> records;
    for (std::int32_t sample = 0; sample < kSamples; ++sample) {
      for (const auto& language : kLanguages) {
        records.push_back({sample, language, "seed", {}, "a", {2, 3}, {"<bos>", "a"}});
      }
    }
    writer.append(records);
    writer.finish();
  }

  template <class Read>
  void read(const std::filesystem::path& path, std::string_view content, const Read& read) {
    std::ofstream(path, std::ios::binary) << content;
    try {
      read();
    } catch (const isogloss::Error&) {
    }
    std::filesystem::remove(path);
  }

  const ResultFolder& folder() const { return folder_; }

 private:
  isogloss::ScratchFolder scratch_;
  ResultFolder folder_;
};

/// Sequences stand in a folder of their own.
void read_sequences_file(std::string_view content) {
  static const isogloss::ScratchFolder scratch("sequences");
  const ResultFolder folder{scratch.path()};
  scratch.write("sequences.parquet", content);
  try {
    isogloss::read_sequences(folder, {});
    isogloss::read_row_traits(folder, kLanguages);
  } catch (const isogloss::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static FuzzedFolder fuzzed;
  if (size == 0) return 0;
  const auto& folder = fuzzed.folder();
  const std::string_view content(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'a':
      fuzzed.read(folder.activation_shard(0), content,
                  [&] { isogloss::visit_activations(folder, kLanguages, [](const auto&) {}); });
      break;
    case 'm':
      fuzzed.read(folder.maxima_shard(0), content,
                  [&] { isogloss::read_maxima(folder, kFeatures, kLanguages); });
      break;
    case 'q':
      read_sequences_file(content);
      break;
    case 'f':
      fuzzed.read(folder.profile(), content,
                  [&] { isogloss::read_token_profile(folder, kFeatures, kSamples, kLanguages); });
      break;
    case 'c':
      fuzzed.read(folder.agreement_controls(), content,
                  [&] { isogloss::read_agreement_controls(folder, kFeatures); });
      break;
    case 's':
      fuzzed.read(folder.scores_parquet(), content, [&] { isogloss::read_scores(folder); });
      break;
    case 'p':
      fuzzed.read(folder.pairs_parquet(), content,
                  [&] { isogloss::visit_pairs(folder, kLanguages, [](auto) {}); });
      break;
    case 'v':
      fuzzed.read(folder.vocabulary(), content, [&] { isogloss::read_vocabulary(folder); });
      break;
    case 'e':
      fuzzed.read(folder.explanations(), content, [&] { isogloss::read_explanations(folder); });
      break;
    default:
      break;
  }
  return 0;
}
