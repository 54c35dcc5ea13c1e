#include "runtime/nats/nkey.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace troupe::bus {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::uint8_t seed_prefix = 18 << 3; // 'S'
constexpr std::size_t key_size = 32;
constexpr std::size_t signature_size = 64;

struct free_key {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};

struct free_digest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

using key_ptr = std::unique_ptr<EVP_PKEY, free_key>;
using digest_ptr = std::unique_ptr<EVP_MD_CTX, free_digest>;

/// CRC-16/XMODEM.
std::uint16_t crc16(bytes_view data) {
  std::uint32_t crc = 0;
  for (auto c : data) {
    crc ^= static_cast<std::uint32_t>(static_cast<std::uint8_t>(c)) << 8;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1;
  }
  return static_cast<std::uint16_t>(crc);
}

std::string spell(bytes data) {
  const auto crc = crc16(data);
  data += static_cast<char>(crc & 255);
  data += static_cast<char>(crc >> 8);
  return encode_base32(data);
}

key_ptr load(const std::array<std::uint8_t, key_size>& secret) {
  key_ptr key{EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                           secret.data(), secret.size())};
  TROUPE_CHECK(key != nullptr, "32 octets are an Ed25519 key");
  return key;
}

/// A seed's two octets in front: the prefix of seeds and that of the kind.
bytes seed_head(nkey_kind kind) {
  const auto value = static_cast<std::uint8_t>(kind);
  return {static_cast<char>(seed_prefix | (value >> 5)),
          static_cast<char>((value & 31) << 3)};
}

} // namespace

nkey nkey::make(nkey_kind kind) {
  key_ptr key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  raw_key secret{};
  auto size = secret.size();
  TROUPE_CHECK(key != nullptr, "a key can be made");
  TROUPE_CHECK(EVP_PKEY_get_raw_private_key(key.get(), secret.data(), &size)
                   == 1,
               "a new key can be read");
  return {kind, secret};
}

result<nkey> nkey::parse(std::string_view seed, nkey_kind kind) {
  const error wrong{errc::corrupt, "not the seed of a key of that kind"};
  auto data = decode_base32(seed);
  const auto head = seed_head(kind);
  if (!data || data->size() != head.size() + key_size + 2
      || !data->starts_with(head))
    return wrong;
  const auto body = data->substr(0, head.size() + key_size);
  if (spell(body) != seed)
    return wrong;
  raw_key secret;
  std::copy(body.begin() + static_cast<std::ptrdiff_t>(head.size()), body.end(),
            secret.begin());
  return nkey{kind, secret};
}

std::string nkey::seed() const {
  auto data = seed_head(kind_);
  data.append(secret_.begin(), secret_.end());
  return spell(std::move(data));
}

std::string nkey::public_key() const {
  raw_key octets{};
  auto size = octets.size();
  TROUPE_CHECK(
      EVP_PKEY_get_raw_public_key(load(secret_).get(), octets.data(), &size)
          == 1,
      "a key pair has a public half");
  bytes data(1, static_cast<char>(kind_));
  data.append(octets.begin(), octets.end());
  return spell(std::move(data));
}

bytes nkey::sign(bytes_view data) const {
  const auto key = load(secret_);
  const digest_ptr digest{EVP_MD_CTX_new()};
  bytes out(signature_size, '\0');
  auto size = out.size();
  TROUPE_CHECK(
      EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.get())
          == 1,
      "a key can sign");
  TROUPE_CHECK(
      EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(out.data()),
                     &size, reinterpret_cast<const unsigned char*>(data.data()),
                     data.size())
          == 1,
      "a key can sign");
  return out;
}

std::string encode_base32(bytes_view data) {
  std::string out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (auto c : data) {
    buffer = (buffer << 8) | static_cast<std::uint8_t>(c);
    for (bits += 8; bits >= 5; bits -= 5)
      out += alphabet[(buffer >> (bits - 5)) & 31];
  }
  if (bits > 0)
    out += alphabet[(buffer << (5 - bits)) & 31];
  return out;
}

result<bytes> decode_base32(std::string_view text) {
  bytes out;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (auto c : text) {
    const auto digit = alphabet.find(c);
    if (digit == std::string_view::npos)
      return error{errc::corrupt, "not base32"};
    buffer = (buffer << 5) | static_cast<std::uint32_t>(digit);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((buffer >> bits) & 255);
    }
  }
  return out;
}

} // namespace troupe::bus
