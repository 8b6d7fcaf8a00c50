// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "heap/frame_samples.h"

#include <algorithm>

#include "heap/node_table.h"

namespace asynctb {

namespace {

// Goes through the nodes of samples: what a node leads to was made before it.
class SampleUse {
 public:
  SampleUse(ThreadCapture* capture, const FrameSamples& frames)
      : capture_(capture),
        first_(static_cast<int32_t>(frames.first_node)),
        like_(frames.objects.size(), -1),
        same_(frames.objects.size()),
        table_(capture) {
    for (int32_t node = 0; node < first_; node++) table_.Know(node);
  }

  // `apart`: null for all.
  void Run(const std::unordered_set<int32_t>* apart) {
    for (size_t i = 0; i < same_.size(); i++) {
      const int32_t index = first_ + static_cast<int32_t>(i);
      like_[i] = LikeOf(index);
      same_[i] = index;
      if (apart != nullptr) JoinOthers(index, apart->count(index) > 0);
      if (same_[i] == index && like_[i] >= 0) capture_->sample_nodes.push_back({index, like_[i]});
    }
  }

  int32_t SameAs(int32_t node) const { return IsSample(node) ? same_[At(node)] : node; }

 private:
  bool IsSample(int32_t node) const { return node >= first_ && At(node) < same_.size(); }
  size_t At(int32_t node) const { return static_cast<size_t>(node - first_); }

  // The node that tasks in the same places share.
  int32_t LikeOf(int32_t index) {
    const auto like = [this](int32_t node) { return IsSample(node) ? like_[At(node)] : node; };
    StackNode node = capture_->nodes[static_cast<size_t>(index)];
    node.next = like(node.next);
    branches_.clear();
    for (int32_t k = 0; k < node.branches_count; k++) {
      const Branch& branch = BranchOf(node, k);
      branches_.push_back({branch.index, like(branch.node)});
    }
    std::sort(branches_.begin(), branches_.end(), IsBefore);
    return table_.Get(node, branches_);
  }

  void JoinOthers(int32_t index, bool is_apart) {
    StackNode& node = capture_->nodes[static_cast<size_t>(index)];
    node.next = SameAs(node.next);
    branches_.clear();
    for (int32_t k = 0; k < node.branches_count; k++) {
      Branch& branch = BranchOf(node, k);
      branch.node = SameAs(branch.node);
      branches_.push_back(branch);
    }
    if (!is_apart) same_[At(index)] = table_.FindOrKnow(index, branches_);
  }

  Branch& BranchOf(const StackNode& node, int32_t k) {
    return capture_->branches[static_cast<size_t>(node.branches_begin) + static_cast<size_t>(k)];
  }

  ThreadCapture* capture_;
  const int32_t first_;
  std::vector<int32_t> like_, same_;  // by sample
  NodeTable table_;
  std::vector<Branch> branches_;
};

}  // namespace

void UseSamples(ThreadCapture* capture, const FrameSamples& frames,
                const std::unordered_set<int32_t>* apart) {
  SampleUse use(capture, frames);
  use.Run(apart);
  for (size_t i = 0; i < frames.groups.size(); i++) {
    capture->groups[i].sample = use.SameAs(frames.groups[i]);
  }
}

void DropSamples(ThreadCapture* capture, const FrameSamples& frames) {
  capture->nodes.resize(frames.first_node);
  capture->branches.resize(frames.first_branch);
}

}  // namespace asynctb
