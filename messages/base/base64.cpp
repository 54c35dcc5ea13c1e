#include "messages/base/base64.hpp"

#include <array>
#include <cstdint>

namespace troupe {

namespace {

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode(bytes_view data, std::string_view alphabet, bool pad) {
  std::string out;
  out.reserve((data.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < data.size(); i += 3) {
    auto group = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t word = 0;
    for (std::size_t j = 0; j < 3; ++j)
      word = (word << 8)
             | (j < group ? static_cast<unsigned char>(data[i + j]) : 0u);
    for (std::size_t j = 0; j < group + 1; ++j)
      out += alphabet[(word >> (18 - 6 * j)) & 63];
    if (pad)
      out.append(3 - group, '=');
  }
  return out;
}

std::array<std::int8_t, 256> make_reverse(std::string_view alphabet) {
  std::array<std::int8_t, 256> reverse;
  reverse.fill(-1);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    reverse[static_cast<unsigned char>(alphabet[i])] =
        static_cast<std::int8_t>(i);
  return reverse;
}

error bad_base64(std::size_t offset) {
  return {errc::invalid_argument,
          "illegal base64 data at input byte " + std::to_string(offset)};
}

result<bytes> decode(std::string_view text, std::string_view alphabet,
                     bool padded) {
  const auto reverse = make_reverse(alphabet);
  bytes out;
  out.reserve(text.size() / 4 * 3 + 3);
  std::uint32_t word = 0;
  unsigned count = 0;
  unsigned padding = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\r' || c == '\n')
      continue;
    if (c == '=' && padded && count >= 2 && padding < 4 - count) {
      ++padding;
      continue;
    }
    const auto digit = reverse[static_cast<unsigned char>(c)];
    if (digit < 0 || padding > 0)
      return bad_base64(i);
    word = (word << 6) | static_cast<std::uint32_t>(digit);
    if (++count == 4) {
      out += static_cast<char>(word >> 16);
      out += static_cast<char>(word >> 8);
      out += static_cast<char>(word);
      word = 0;
      count = 0;
    }
  }
  if (count == 1 || (padded && count + padding != (count ? 4u : 0u)))
    return bad_base64(text.size());
  if (count == 2)
    out += static_cast<char>(word >> 4);
  if (count == 3) {
    out += static_cast<char>(word >> 10);
    out += static_cast<char>(word >> 2);
  }
  return out;
}

} // namespace

std::string base64_encode(bytes_view data) {
  return encode(data, standard_alphabet, true);
}

std::string base64url_encode(bytes_view data) {
  return encode(data, url_alphabet, false);
}

result<bytes> base64_decode(std::string_view text) {
  return decode(text, standard_alphabet, true);
}

result<bytes> base64url_decode(std::string_view text) {
  return decode(text, url_alphabet, false);
}

} // namespace troupe
