/// Runs a fuzz target over the files of its corpus, so that every input that
/// once mattered stays a test where libFuzzer is not at hand.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

int main(int argc, char** argv) {
  std::size_t replayed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file :
         std::filesystem::recursive_directory_iterator{argv[i]}) {
      if (!file.is_regular_file())
        continue;
      std::ifstream in{file.path(), std::ios::binary};
      const std::string input{std::istreambuf_iterator<char>{in}, {}};
      LLVMFuzzerTestOneInput(
          reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
      ++replayed;
    }
  }
  std::printf("%zu inputs replayed\n", replayed);
  return replayed == 0;
}
