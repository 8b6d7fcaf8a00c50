// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// What a capture says of the tasks that are told apart.
#pragma once

#include "base/capture.h"
#include "heap/task_ids.h"
#include "heap/task_samples.h"

namespace asynctb {

// Their rows: whose they are.
// SAFETY: reads addresses of the graph; does not allocate in the isolate.
void ReadSampledTasks(const EnvData& env, Graph* graph, const TaskSamples& tasks,
                      ThreadCapture* capture);

// Once the sites are described: their ids, and how long they have been there. `tasks` is no more
// asked for addresses.
void KnowTasksAgain(const TaskSamples& tasks, TaskIds* ids, ThreadCapture* capture);

}  // namespace asynctb
