// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

/** POST /upload waits in a `for await` over a request body that never comes. */
export async function upload(request) {
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
  }
  return { size };
}
