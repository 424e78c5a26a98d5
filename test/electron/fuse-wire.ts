import type { FuseV1Options } from '@electron/fuses'

/** What precedes the fuses in Electron's programs (docs/tutorial/fuses.md of Electron). */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** A program as far as fuses go: the mark that they follow, their version, their number, and each as Electron ships it. */
export function unsetProgram(count = 9): Buffer {
  const wire = Buffer.concat([
    Buffer.from(sentinel),
    Buffer.from([1, count]),
    Buffer.from('101100010'.padEnd(count, '0')),
  ])
  return Buffer.concat([Buffer.alloc(512, 7), wire, Buffer.alloc(512, 7)])
}

/** The position of a fuse in the bytes of a program. */
export const fuseAt = (program: Buffer, fuse: FuseV1Options): number =>
  program.indexOf(sentinel) + sentinel.length + 2 + fuse
