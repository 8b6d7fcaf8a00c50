// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "v8/symbols_elf.h"

#if defined(__linux__)

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/file_part.h"
#include "v8/wanted_symbols.h"

namespace asynctb {

namespace {

using Ehdr = ElfW(Ehdr);
using Phdr = ElfW(Phdr);
using Shdr = ElfW(Shdr);
using Sym = ElfW(Sym);
using Nhdr = ElfW(Nhdr);

// Bounds on what a file may make us allocate, ten times beyond today's Node with debug symbols.
constexpr uint64_t kMaxSymbols = 4'000'000;
constexpr uint64_t kMaxStringTable = 1ull << 30;
constexpr uint64_t kMaxNotes = 1 << 20;
constexpr size_t kMaxBuildId = 64;
// Names are fetched in blocks that stay in the second-level cache while they are searched.
constexpr size_t kNameBlock = 128 * 1024;
constexpr size_t kSymbolBlock = 4096;
// Code bytes compared between memory and file when there is no build id to compare.
constexpr size_t kCodeSample = 16;
constexpr uint64_t kSmallestTable = 256, kLargestTable = 16 * 1024;

// The build id in a block of ELF notes, or an empty vector.
std::vector<uint8_t> BuildIdIn(const uint8_t* notes, size_t size) {
  size_t at = 0;
  while (size - at >= sizeof(Nhdr)) {
    Nhdr header;
    memcpy(&header, notes + at, sizeof(header));
    at += sizeof(header);
    const uint64_t name_size = (uint64_t{header.n_namesz} + 3) & ~uint64_t{3};
    const uint64_t desc_size = (uint64_t{header.n_descsz} + 3) & ~uint64_t{3};
    if (name_size > size - at || desc_size > size - at - name_size) break;
    const uint8_t* name = notes + at;
    const uint8_t* desc = name + name_size;
    if (header.n_type == NT_GNU_BUILD_ID && header.n_namesz == sizeof(ELF_NOTE_GNU) &&
        memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 && header.n_descsz > 0 &&
        header.n_descsz <= kMaxBuildId) {
      return std::vector<uint8_t>(desc, desc + header.n_descsz);
    }
    at += name_size + desc_size;
  }
  return {};
}

struct ObjectSearch {
  uintptr_t address;
  LoadedObject* object;
};

int VisitObject(struct dl_phdr_info* info, size_t, void* data) {
  const ObjectSearch& search = *static_cast<ObjectSearch*>(data);
  const auto begin = info->dlpi_phdr;
  const auto end = begin + info->dlpi_phnum;
  const bool holds = std::any_of(begin, end, [&](const Phdr& phdr) {
    return phdr.p_type == PT_LOAD && search.address - info->dlpi_addr - phdr.p_vaddr < phdr.p_memsz;
  });
  if (!holds) return 0;

  LoadedObject& object = *search.object;
  object.base = info->dlpi_addr;
  object.path = info->dlpi_name != nullptr ? info->dlpi_name : "";
  object.phdrs.assign(begin, end);
  for (const Phdr& phdr : object.phdrs) {
    if (phdr.p_type != PT_NOTE || !object.build_id.empty() || phdr.p_filesz > kMaxNotes) continue;
    // SAFETY: the loader mapped every PT_LOAD segment; notes outside of all of them are not read.
    const bool mapped = std::any_of(begin, end, [&](const Phdr& load) {
      return load.p_type == PT_LOAD && (load.p_flags & PF_R) != 0 &&
             phdr.p_vaddr - load.p_vaddr < load.p_filesz &&
             phdr.p_filesz <= load.p_filesz - (phdr.p_vaddr - load.p_vaddr);
    });
    if (!mapped) continue;
    object.build_id = BuildIdIn(reinterpret_cast<const uint8_t*>(object.base + phdr.p_vaddr),
                                static_cast<size_t>(phdr.p_filesz));
  }
  return 1;
}

class ElfReader {
 public:
  ElfReader(const char* path, const LoadedObject& object)
      : file_(path), is_program_(strcmp(path, kRunningProgram) == 0), object_(object) {}

  std::string Find(SymbolRequest* requests, size_t count) {
    std::string reason = Open();
    if (reason.empty()) reason = LocateTables();
    if (!reason.empty()) return reason;
    // Local symbols come first in the table, sh_info is where they end, and a function that is
    // hidden from the dynamic table is local: the rest is read only if something is missing then.
    Wanted wanted(requests, count);
    const size_t symbol_count = static_cast<size_t>(symbols_.sh_size / sizeof(Sym));
    const size_t locals_end = std::min<size_t>(symbols_.sh_info, symbol_count);
    for (const bool by_length : {true, false}) {
      for (const auto& [begin, end] : {std::pair<size_t, size_t>{0, locals_end},
                                       std::pair<size_t, size_t>{locals_end, symbol_count}}) {
        if (!reason.empty() || wanted.missing() == 0) return reason;
        if (begin < end) reason = FindInRange(begin, end, by_length, &wanted);
      }
    }
    return reason;
  }

 private:
  // Checks the header and that this is the file `object_` came from.
  std::string Open() {
    if (!file_.usable()) return "the file cannot be read";
    if (!file_.Read(0, &header_, sizeof(header_))) return "the file is too short for ELF";
    const unsigned char native_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
    const uint16_t one = 1;
    const unsigned char native_data =
        *reinterpret_cast<const uint8_t*>(&one) == 1 ? ELFDATA2LSB : ELFDATA2MSB;
    if (memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0 ||
        header_.e_ident[EI_CLASS] != native_class || header_.e_ident[EI_DATA] != native_data ||
        header_.e_ident[EI_VERSION] != EV_CURRENT) {
      return "the file is not ELF of this machine's kind";
    }
    if (header_.e_phentsize != sizeof(Phdr)) return "unexpected size of program headers";
    std::vector<Phdr> phdrs(header_.e_phnum);
    if (!file_.Read(header_.e_phoff, phdrs.data(), phdrs.size() * sizeof(Phdr))) {
      return "the program headers lie outside of the file";
    }
    std::vector<uint8_t> build_id;
    for (const Phdr& phdr : phdrs) {
      if (phdr.p_type != PT_NOTE || !build_id.empty() || phdr.p_filesz > kMaxNotes) continue;
      std::vector<uint8_t> notes(static_cast<size_t>(phdr.p_filesz));
      if (!file_.Read(phdr.p_offset, notes.data(), notes.size())) continue;
      build_id = BuildIdIn(notes.data(), notes.size());
    }
    if (build_id != object_.build_id) return "the file is not the one that runs (build ids differ)";
    compare_code_ = build_id.empty();
    if (compare_code_ &&
        (phdrs.size() != object_.phdrs.size() ||
         memcmp(phdrs.data(), object_.phdrs.data(), phdrs.size() * sizeof(Phdr)) != 0)) {
      return "the file is not the one that runs (no build id, and program headers differ)";
    }
    return "";
  }

  std::string LocateTables() {
    if (header_.e_shoff == 0 || header_.e_shnum == 0) return "the file has no section headers";
    if (header_.e_shentsize != sizeof(Shdr)) return "unexpected size of section headers";
    std::vector<Shdr> sections(header_.e_shnum);
    if (!file_.Read(header_.e_shoff, sections.data(), sections.size() * sizeof(Shdr))) {
      return "the section headers lie outside of the file";
    }
    const auto found = std::find_if(sections.begin(), sections.end(), [](const Shdr& section) {
      return section.sh_type == SHT_SYMTAB;
    });
    if (found == sections.end()) return "the file is stripped: it has no .symtab section";
    symbols_ = *found;
    if (symbols_.sh_link >= sections.size() || sections[symbols_.sh_link].sh_type != SHT_STRTAB) {
      return "the symbol table has no string table";
    }
    names_ = sections[symbols_.sh_link];
    if (symbols_.sh_entsize != sizeof(Sym)) return "unexpected size of symbols";
    if (((symbols_.sh_flags | names_.sh_flags) & SHF_COMPRESSED) != 0) {
      return "the symbol table is compressed";
    }
    if (!file_.Holds(symbols_.sh_offset, symbols_.sh_size) ||
        !file_.Holds(names_.sh_offset, names_.sh_size)) {
      return "the symbol table lies outside of the file";
    }
    if (symbols_.sh_size / sizeof(Sym) > kMaxSymbols || names_.sh_size > kMaxStringTable) {
      return "the symbol table is too large";
    }
    return "";
  }

  std::string FindInRange(size_t begin, size_t end, bool by_length, Wanted* wanted) {
    std::string reason = IndexFunctions(begin, end, by_length ? wanted : nullptr);
    return reason.empty() ? SearchNames(wanted) : reason;
  }

  // Chains the functions by the block of the string table that their name begins in, so that each
  // block is read once, and in ascending order. With `lengths`, those functions only whose name
  // seems to be as long as one that is wanted: linkers write the names in the symbols' order, so
  // that most end where the next one begins.
  std::string IndexFunctions(size_t begin, size_t end, const Wanted* lengths) {
    block_heads_.assign(static_cast<size_t>(names_.sh_size / kNameBlock) + 1, kEnd);
    functions_.clear();
    FilePart table(file_, symbols_.sh_offset, symbols_.sh_size, is_program_);
    std::unique_ptr<Sym[]> buffer(new Sym[kSymbolBlock]);
    for (size_t first = begin; first < end; first += kSymbolBlock) {
      const size_t size = std::min(kSymbolBlock, end - first);
      const char* block = static_cast<const char*>(
          table.Get(first * sizeof(Sym), size * sizeof(Sym), buffer.get()));
      if (block == nullptr) return "the symbol table cannot be read";
      const auto at = [block](size_t i) {
        Sym symbol;
        memcpy(&symbol, block + i * sizeof(Sym), sizeof(symbol));
        return symbol;
      };
      for (size_t i = 0; i < size; i++) {
        const Sym symbol = at(i);
        // Unsigned: a next name that stands before this one is very far behind it.
        if (lengths != nullptr && i + 1 < size &&
            !lengths->MayHaveLength(at(i + 1).st_name - symbol.st_name - 1)) {
          continue;
        }
        if (!IsDefined(symbol) || symbol.st_name >= names_.sh_size) continue;
        uint32_t& head = block_heads_[symbol.st_name / kNameBlock];
        functions_.push_back(
            {symbol.st_name, static_cast<uint32_t>(first + i), head, IsData(symbol)});
        head = static_cast<uint32_t>(functions_.size() - 1);
      }
    }
    return "";
  }

  std::string SearchNames(Wanted* wanted) {
    FilePart table(file_, names_.sh_offset, names_.sh_size, is_program_);
    // The bytes after a block let a name that begins in it be read to its end; those after the
    // table are zeros.
    const size_t size = kNameBlock + wanted->reach();
    std::unique_ptr<char[]> buffer(new char[size]);
    for (size_t i = 0; i < block_heads_.size() && wanted->missing() > 0; i++) {
      if (block_heads_[i] == kEnd) continue;
      const uint64_t begin = uint64_t{i} * kNameBlock;
      const char* block = static_cast<const char*>(table.Get(begin, size, buffer.get()));
      if (block == nullptr) return "the string table cannot be read";
      for (uint32_t at = block_heads_[i]; at != kEnd; at = functions_[at].next) {
        const Function& function = functions_[at];
        SymbolRequest* request = wanted->Match(block + (function.name - begin));
        uintptr_t address = 0;
        if (request != nullptr && request->is_data == function.is_data &&
            CheckedAddress(function, &address)) {
          wanted->Resolve(request, address);
        }
      }
    }
    return "";
  }

  // Functions, and tables of the size of those that are looked for: other data is not.
  bool IsDefined(const Sym& symbol) const {
    const bool is_wanted =
        (symbol.st_info & 0xf) == STT_FUNC ||
        (IsData(symbol) && symbol.st_size >= kSmallestTable && symbol.st_size <= kLargestTable);
    return is_wanted && symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE &&
           symbol.st_shndx < header_.e_shnum;
  }
  static bool IsData(const Sym& symbol) { return (symbol.st_info & 0xf) == STT_OBJECT; }

  struct Function {
    uint32_t name;
    uint32_t index;
    uint32_t next;
    bool is_data;
  };

  // Where the function is in memory. SAFETY: only addresses inside a mapped executable segment of
  // the object that holds V8 pass, so a damaged symbol cannot make us call into data; a table lies
  // in any segment as a whole.
  bool CheckedAddress(const Function& function, uintptr_t* address) const {
    Sym symbol;
    if (!file_.Read(symbols_.sh_offset + uint64_t{function.index} * sizeof(Sym), &symbol,
                    sizeof(symbol)) ||
        symbol.st_size == 0) {
      return false;
    }
    *address = object_.base + symbol.st_value;
    if (function.is_data) return IsData(symbol) && object_.ContainsData(*address, symbol.st_size);
    const size_t size = static_cast<size_t>(std::min<uint64_t>(symbol.st_size, kCodeSample));
    if (!object_.ContainsCode(*address, size)) return false;
    return !compare_code_ || SameCode(symbol.st_value, size);
  }

  bool SameCode(uint64_t virtual_address, size_t size) const {
    for (const Phdr& phdr : object_.phdrs) {
      if (phdr.p_type != PT_LOAD || virtual_address - phdr.p_vaddr >= phdr.p_filesz) continue;
      uint8_t on_disk[kCodeSample];
      return file_.Read(phdr.p_offset + (virtual_address - phdr.p_vaddr), on_disk, size) &&
             memcmp(on_disk, reinterpret_cast<const void*>(object_.base + virtual_address), size) ==
                 0;
    }
    return false;
  }

  static constexpr uint32_t kEnd = UINT32_MAX;

  File file_;
  const bool is_program_;
  const LoadedObject& object_;
  Ehdr header_;
  Shdr symbols_;
  Shdr names_;
  bool compare_code_ = false;
  std::vector<uint32_t> block_heads_;
  std::vector<Function> functions_;
};

}  // namespace

bool LoadedObject::Contains(uintptr_t address) const {
  return std::any_of(phdrs.begin(), phdrs.end(), [&](const Phdr& phdr) {
    return phdr.p_type == PT_LOAD && address - base - phdr.p_vaddr < phdr.p_memsz;
  });
}

bool LoadedObject::ContainsData(uintptr_t address, size_t size) const {
  return std::any_of(phdrs.begin(), phdrs.end(), [&](const Phdr& phdr) {
    const uintptr_t offset = address - base - phdr.p_vaddr;
    return phdr.p_type == PT_LOAD && (phdr.p_flags & PF_R) != 0 && offset < phdr.p_filesz &&
           size <= phdr.p_filesz - offset;
  });
}

bool LoadedObject::ContainsCode(uintptr_t address, size_t size) const {
  return std::any_of(phdrs.begin(), phdrs.end(), [&](const Phdr& phdr) {
    const uintptr_t offset = address - base - phdr.p_vaddr;
    return phdr.p_type == PT_LOAD && (phdr.p_flags & PF_X) != 0 && (phdr.p_flags & PF_R) != 0 &&
           offset < phdr.p_filesz && size <= phdr.p_filesz - offset;
  });
}

bool FindLoadedObject(uintptr_t address, LoadedObject* object) {
  ObjectSearch search{address, object};
  return dl_iterate_phdr(VisitObject, &search) == 1;
}

std::string FindInElfFile(const std::string& path, const LoadedObject& object,
                          SymbolRequest* requests, size_t count) {
  const std::string reason = ElfReader(path.c_str(), object).Find(requests, count);
  return reason.empty() ? "" : path + ": " + reason;
}

}  // namespace asynctb

#endif  // __linux__
