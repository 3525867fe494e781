// SAEs by the names of the table of published ones.
#pragma once

#include <string_view>

#include "isogloss/inputs/hub_name.h"
#include "isogloss/inputs/inputs.h"

namespace isogloss {

/// An SAE in a format of load_sae at a place on the hub.
FetchedInput fetch_sae_at(const HubName& name, std::string_view format, const RunControl& control);

/// Fetches the files of a published SAE. Where they are to be converted first, returns the folder
/// with the converted SAE, or throws Error(kBadInput) with the command that makes it. Throws the
/// same for an SAE of a kind that is not supported.
FetchedInput fetch_published_sae(const PublishedSae& published, std::string_view format,
                                 const RunControl& control);

}  // namespace isogloss
