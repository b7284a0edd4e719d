// clean_text.h — texts out of a database as files may hold them: well-formed UTF-8 without characters that XML forbids.
#pragma once

#include <string>
#include <string_view>

namespace weir {

/// U+FFFD in place of each byte that is no UTF-8, and of each control character but tabs and line breaks.
std::string clean_text(std::string_view text);
/// The same for the text of an element or an attribute.
std::string xml_text(std::string_view text);
/// At most `most` characters, the last of them an ellipsis where more are there; line breaks and tabs are blanks.
std::string cut_text(std::string_view text, std::size_t most);

}  // namespace weir
