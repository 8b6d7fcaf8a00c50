// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

'use strict';

// Pipelines of streams, each of which stalls at another one, and what is said of them, as JSON. The argument is
// 'dump' or 'extract'.

const {
  pipeline,
  PassThrough,
  Readable,
  Transform,
  Writable,
} = require('node:stream');
const { pipeline: promised } = require('node:stream/promises');

const [, , door] = process.argv;
const kept = (globalThis.kept = []);
// Nothing else holds what waits for ever.
const keep = (value) => (kept.push(value), value);
const never = () => new Promise((resolve) => kept.push(resolve));

class Silent extends Readable {
  _read() {}
}
class Endless extends Readable {
  _read() {
    this.push('x'.repeat(1_000));
  }
}
class Zip extends Transform {
  _transform(chunk, encoding, done) {
    kept.push(done);
  }
}
class Flushed extends Transform {
  _transform(chunk, encoding, done) {
    done(null, chunk);
  }
  _flush(done) {
    kept.push(done);
  }
}
class Sink extends Writable {
  _write(chunk, encoding, done) {
    done();
  }
}
class Slow extends Writable {
  _write(chunk, encoding, done) {
    kept.push(done);
  }
}
class Closing extends Sink {
  _final(done) {
    kept.push(done);
  }
}
const some = () => Readable.from(['a', 'b']);

const waits = {
  async source() {
    await promised(keep(new Silent()), new PassThrough(), new Sink());
  },
  async sink() {
    await promised(new Endless(), new PassThrough(), new Slow());
  },
  async between() {
    await promised(new Endless(), new Zip(), new PassThrough(), new Sink());
  },
  async flush() {
    await promised(some(), new Flushed(), new Sink());
  },
  async closing() {
    await promised(some(), new PassThrough(), new Closing());
  },
  async unread() {
    await promised(keep(new Endless()), new PassThrough());
  },
  async byFunction() {
    await promised(
      some(),
      async function* upper(chunks) {
        for await (const chunk of chunks) {
          yield chunk;
          await never();
        }
      },
      new Sink(),
    );
  },
  async withOptions() {
    const { signal } = new AbortController();
    await promised(keep(new Silent()), new Sink(), { signal });
  },
  async byCallback() {
    await new Promise((resolve, reject) => {
      pipeline(new Endless(), new PassThrough(), new Slow(), (error) =>
        error ? reject(error) : resolve(),
      );
    });
  },
};

const running = Object.entries(waits).map(([name, wait]) => [name, wait()]);
setTimeout(() => {
  const { dump, extract } = require('asynctb');
  const found = {};
  if (door === 'extract') {
    for (const [name, promise] of running)
      found[name] = extract(promise).wait?.text ?? '-';
  } else {
    for (const { stack } of dump().threads[0].groups)
      found[stack.frames[0].functionName] = stack.wait?.text ?? '-';
  }
  console.log(JSON.stringify(found));
  process.exit();
}, 50);
