// Pieces: how a vocabulary spells its tokens.
#pragma once

#include <string>
#include <string_view>

namespace isogloss {

/// `piece` for a reader's eye. The result is valid UTF-8 in which every kind of white space can be
/// seen, so that pieces can stand side by side without quotes: a space is "▁", a line break "↵", a
/// tab "⇥", any other invisible character its code point, as in "<U+200B>". Bytes that are only
/// part of a character are written as "<0xE2>". `byte_level` says that the characters of the piece
/// stand for bytes, as in GPT-2's vocabulary.
std::string readable_piece(std::string_view piece, bool byte_level);

}  // namespace isogloss
