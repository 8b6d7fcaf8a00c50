// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// Looks its own functions up in its own file, then in damaged copies of it. A copy that makes the
// reader crash takes this program down, which is why it is one of its own. `symbols-elf.test.ts`
// builds it with a build id, without one, and stripped (then it gets that word as argument).
#include "v8/symbols_elf.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

namespace {

using asynctb::FindInElfFile;
using asynctb::LoadedObject;
using asynctb::SymbolRequest;

// A local symbol, absent from the dynamic table.
__attribute__((noinline)) int HiddenAnswer() {
  asm volatile("");
  return 42;
}
__attribute__((noinline)) int HiddenOther() {
  asm volatile("");
  return 43;
}
int hidden_data = 44;

constexpr char kAnswer[] = "_ZN12_GLOBAL__N_112HiddenAnswerEv";
constexpr char kOther[] = "_ZN12_GLOBAL__N_111HiddenOtherEv";
constexpr char kData[] = "_ZN12_GLOBAL__N_111hidden_dataE";

void Expect(bool condition, const char* what) {
  if (!condition) {
    printf("failed %s\n", what);
    exit(1);
  }
  printf("ok %s\n", what);
}

// A file in memory that has a path, so that thousands of damaged copies cost no disk.
class CopyOnDisk {
 public:
  CopyOnDisk() : fd_(memfd_create("damaged", 0)) {}
  ~CopyOnDisk() { close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }
  void Write(const std::vector<char>& bytes) {
    if (ftruncate(fd_, 0) != 0 ||
        pwrite(fd_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
      Expect(false, "write a copy");
    }
  }
  void Truncate(size_t size) {
    if (ftruncate(fd_, static_cast<off_t>(size)) != 0) Expect(false, "truncate a copy");
  }

 private:
  int fd_;
};

uint64_t random_state = 0x243f6a8885a308d3;  // fixed: every run damages the same bytes
uint64_t Random(uint64_t below) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state % below;
}

// How a damaged copy was answered.
enum Answer { kRefused, kNotFound, kFound };

Answer Ask(const std::string& path, const LoadedObject& object) {
  SymbolRequest request{{kAnswer}};
  const std::string reason = FindInElfFile(path, object, &request, 1);
  if (request.address == nullptr) return reason.empty() ? kNotFound : kRefused;
  if (!object.ContainsCode(reinterpret_cast<uintptr_t>(request.address), 1)) {
    Expect(false, "an address outside of the program's code");
  }
  return kFound;
}

void TestFinding(const LoadedObject& object) {
  SymbolRequest requests[] = {
      {{"_ZN3not5thereEv", kAnswer}}, {{kOther}}, {{kData}}, {{"_ZN3not5thereEv"}},
      {{"f"}}, {{""}}, {},
  };
  const std::string reason =
      FindInElfFile("/proc/self/exe", object, requests, std::size(requests));
  Expect(reason.empty(), "the program's own file is accepted");
  Expect(requests[0].address == reinterpret_cast<void*>(&HiddenAnswer), "a second name is found");
  Expect(requests[1].address == reinterpret_cast<void*>(&HiddenOther), "a function is found");
  Expect(requests[2].address == nullptr, "data is no function");
  Expect(requests[3].address == nullptr, "an unknown name has no address");
  Expect(requests[4].address == nullptr, "a short name has no address");
  Expect(requests[5].address == nullptr && requests[6].address == nullptr, "no name, no address");
}

void TestIdentity(const LoadedObject& object, const std::vector<char>& image) {
  CopyOnDisk copy;
  copy.Write(image);
  Expect(Ask(copy.path(), object) == kFound, "an equal copy is accepted");
  LoadedObject other = object;
  if (other.build_id.empty()) {
    other.build_id = {1, 2, 3, 4};
  } else {
    other.build_id[0] ^= 1;
  }
  Expect(Ask(copy.path(), other) == kRefused, "another build id is refused");
  if (object.build_id.empty()) {
    LoadedObject moved = object;
    moved.phdrs[0].p_memsz++;
    Expect(Ask(copy.path(), moved) == kRefused, "without a build id, other headers are refused");
    std::vector<char> patched = image;
    for (const auto& phdr : object.phdrs) {
      const uintptr_t at = reinterpret_cast<uintptr_t>(&HiddenAnswer) - object.base - phdr.p_vaddr;
      if (phdr.p_type == PT_LOAD && at < phdr.p_filesz) patched[phdr.p_offset + at] ^= 1;
    }
    copy.Write(patched);
    Expect(Ask(copy.path(), object) == kNotFound, "without a build id, other code is refused");
  } else {
    LoadedObject none = object;
    none.build_id.clear();
    Expect(Ask(copy.path(), none) == kRefused, "a build id on one side only is refused");
  }
}

void TestOddPaths(const LoadedObject& object) {
  for (const char* path : {"/nonexistent/file", "/", "/dev/null", "/dev/zero", "/proc/self/status"}) {
    Expect(Ask(path, object) == kRefused, path);
  }
}

// Where damage hurts most: the headers and the two tables.
struct Region {
  size_t begin;
  size_t size;
};

std::vector<Region> Targets(const std::vector<char>& image) {
  ElfW(Ehdr) header;
  memcpy(&header, image.data(), sizeof(header));
  std::vector<Region> regions = {
      {0, sizeof(header)},
      {header.e_phoff, header.e_phnum * sizeof(ElfW(Phdr))},
      {header.e_shoff, header.e_shnum * sizeof(ElfW(Shdr))},
  };
  for (size_t i = 0; i < header.e_shnum; i++) {
    ElfW(Shdr) section;
    memcpy(&section, image.data() + header.e_shoff + i * sizeof(section), sizeof(section));
    if (section.sh_type == SHT_SYMTAB || section.sh_type == SHT_STRTAB ||
        section.sh_type == SHT_NOTE) {
      regions.push_back({section.sh_offset, section.sh_size});
    }
  }
  return regions;
}

void TestDamage(const LoadedObject& object, const std::vector<char>& image) {
  const std::vector<Region> targets = Targets(image);
  const uint64_t edges[] = {0, 1, UINT64_MAX, UINT32_MAX, INT64_MAX, uint64_t{1} << 63, 24, 4096};
  CopyOnDisk copy;
  int answers[3] = {};
  for (int round = 0; round < 6000; round++) {
    std::vector<char> damaged = image;
    const uint64_t hits = 1 + Random(4);
    for (uint64_t hit = 0; hit < hits; hit++) {
      const Region& region = targets[Random(targets.size())];
      if (region.size < 8) continue;
      char* at = damaged.data() + region.begin + Random(region.size - 7);
      if (Random(2) == 0) {
        *at = static_cast<char>(Random(256));
      } else {
        memcpy(at, &edges[Random(std::size(edges))], size_t{1} << Random(4));
      }
    }
    if (Random(4) == 0) damaged.resize(Random(damaged.size()));
    copy.Write(damaged);
    answers[Ask(copy.path(), object)]++;
  }
  printf("damaged copies: %d refused, %d without the name, %d found\n", answers[kRefused],
         answers[kNotFound], answers[kFound]);
  Expect(answers[kRefused] > 0 && answers[kNotFound] > 0 && answers[kFound] > 0,
         "damage of every degree was tried");
  for (size_t size = 0; size < 2048; size += 7) {
    std::vector<char> cut(image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size));
    copy.Write(cut);
    if (Ask(copy.path(), object) != kRefused) Expect(false, "a cut file is refused");
  }
  Expect(true, "a cut file is refused");
}

// Cuts and restores the file while it is being read.
void TestTruncationUnderway(const LoadedObject& object, const std::vector<char>& image) {
  CopyOnDisk copy;
  copy.Write(image);
  std::atomic<bool> done{false};
  std::thread vandal([&] {
    while (!done) {
      copy.Truncate(Random(image.size()));
      copy.Write(image);
    }
  });
  for (int round = 0; round < 2000; round++) Ask(copy.path(), object);
  done = true;
  vandal.join();
  Expect(true, "a file that shrinks while it is read");
}

}  // namespace

int main(int argc, char** argv) {
  LoadedObject object;
  Expect(asynctb::FindLoadedObject(reinterpret_cast<uintptr_t>(&HiddenAnswer), &object),
         "the program's own object is found");
  Expect(object.Contains(reinterpret_cast<uintptr_t>(&hidden_data)), "its data belongs to it");
  LoadedObject library;
  Expect(asynctb::FindLoadedObject(reinterpret_cast<uintptr_t>(&strlen), &library) &&
             library.base != object.base && !library.path.empty(),
         "a library is told apart");
  LoadedObject none;
  int on_stack = HiddenAnswer() + HiddenOther();
  Expect(!asynctb::FindLoadedObject(reinterpret_cast<uintptr_t>(&on_stack), &none),
         "a stack belongs to no object");
  printf("build id: %zu bytes\n", object.build_id.size());

  if (argc > 1 && strcmp(argv[1], "stripped") == 0) {
    Expect(Ask("/proc/self/exe", object) == kRefused, "a stripped file has no names");
    return 0;
  }

  std::ifstream file("/proc/self/exe", std::ios::binary);
  const std::vector<char> image((std::istreambuf_iterator<char>(file)),
                                std::istreambuf_iterator<char>());
  TestFinding(object);
  TestIdentity(object, image);
  TestOddPaths(object);
  TestDamage(object, image);
  TestTruncationUnderway(object, image);
  return 0;
}
