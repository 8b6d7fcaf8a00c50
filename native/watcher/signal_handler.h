// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

// The signal handler, which is there once for the process, and what it wakes.
#pragma once

#include <cstdint>
#include <string>

namespace asynctb {

// Installs the handler in front of whoever handles the signal now. Returns why it could not be
// done, empty when it was. Once a process; never taken back, since a late signal must not meet
// the default action, which would end the process.
std::string InstallSignalHandler(int signum);

// Must come before anything below. False when the system has no semaphore to give.
bool InitializeWakeUps();

// For the thread that is to be woken: returns after a signal or a WakeUp, perhaps without either.
void WaitForWakeUp();
// How many signals have come since the last call.
uint32_t TakeSignals();
// Whether there is one for TakeSignals.
bool HasSignal();

void WakeUp();

}  // namespace asynctb
