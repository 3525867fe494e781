#include "isogloss/page/layers_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "isogloss/core/file.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

TEST(LayersPage, IsFilledAndCannotBeBrokenOutOf) {
  const SmallResult somewhere;
  const LayersFolder parent{somewhere.folder.root};
  ScoredLayer layer;
  layer.manifest.inputs.corpus_path = "</script>.tsv";
  const std::vector<LayerRow> rows = {layer_row(layer)};
  write_layers_page(parent, layer.manifest, rows);

  const MappedFile file(parent.page());
  const std::string page(file.text());
  EXPECT_THAT(page, ::testing::HasSubstr("mean_agreement_stratified_raw"));
  EXPECT_THAT(page, ::testing::HasSubstr("script>.tsv"));
  EXPECT_THAT(page, ::testing::Not(::testing::HasSubstr("\"</script>.tsv")));
  for (const char* marker : {"{{css}}", "{{script}}", "{{plotly}}", "{{data}}", "{{body}}"}) {
    EXPECT_EQ(page.find(marker), std::string::npos) << marker;
  }
}

}  // namespace
}  // namespace isogloss
