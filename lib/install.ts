// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** What is filled in when an entry is loaded that gives the whole library: lower rooms call upper ones by it. */

import { answerOtherThreads } from './extract/remote.js';
import { useNodeValues } from './format/node-values.js';
import { offerAllFormats } from './format/offer.js';
import { installGlue } from './glue/install.js';
import * as surface from './hook-surface.js';
import { offerToLibraries } from './hooks/install.js';

useNodeValues();
offerAllFormats();
offerToLibraries(surface);
installGlue();
answerOtherThreads();
