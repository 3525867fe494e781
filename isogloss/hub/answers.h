// What the hub's answers say. They come from outside: nothing in them is trusted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// A file of a repository at a commit, as the hub lists it and huggingface_hub keeps it.
struct HubFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::string blob_id;   ///< git's hash of the file, or of the pointer that stands for it
  std::string sha256;    ///< of a large file; otherwise empty
  std::string xet_hash;  ///< kept for huggingface_hub; may be empty
};

/// The forms of git's hashes and SHA-256, in lower-case hexadecimal digits.
bool is_commit(std::string_view text);
bool is_blob_hash(std::string_view text);

/// True for a path that stays in the folder it is put in: no root, no "..", no control characters.
bool stays_inside(std::string_view path);

/// An ETag header without quotes and "W/".
std::string plain_etag(std::string_view header);

/// The URL with rel="next" of a Link header; nullopt if there is none.
std::optional<std::string> next_page(std::string_view link_header);

/// Answers of the API as JSON; `what` begins the message of the Error(kBadInput) that a false form
/// gives. Entries whose path does not stay inside are left out of a listing.
std::string commit_in(std::string_view json, std::string_view what);
std::vector<HubFile> files_in(std::string_view json, std::string_view what);
/// Branches and tags.
std::vector<std::string> revisions_in(std::string_view json, std::string_view what);

/// The list of files as huggingface_hub keeps it in the cache, trees/COMMIT.json, and back; nullopt
/// for another form of it.
std::string tree_json(const std::vector<HubFile>& files);
std::optional<std::vector<HubFile>> files_of_tree(std::string_view json);

}  // namespace isogloss
