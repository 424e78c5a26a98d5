import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import type { FoundProgram } from './kubernetes/find-program.ts'

/** A program with its content, as it is on the disk now. */
export interface ProgramFile extends FoundProgram {
  /** Of the content, hexadecimal. */
  readonly sha256: string
  /** An interpreter runs it: its content does not show what else it starts. */
  readonly isScript: boolean
}

export async function readProgramFile({ path, realPath }: FoundProgram): Promise<ProgramFile> {
  const [sha256, isScript] = await Promise.all([hashOfFile(realPath), beginsAsScript(realPath)])
  return { path, realPath, sha256, isScript }
}

/** By file: hashing a program of 60 MB takes 0.1 s, and it is compared before each start. */
const hashes = new Map<string, { readonly marks: string; readonly sha256: Promise<string> }>()

/**
 * SHA-256 of a file, hexadecimal. It is read again after its identity, size or times changed. The time of the last change of
 * an inode cannot be set, so that a file which was replaced is always read.
 */
export async function hashOfFile(file: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
  const marks = [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  const known = hashes.get(file)
  if (known?.marks === marks) return await known.sha256
  const sha256 = readHash(file)
  hashes.set(file, { marks, sha256 })
  sha256.catch(() => hashes.delete(file))
  return await sha256
}

async function readHash(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

async function beginsAsScript(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.toString('latin1') === '#!'
  } finally {
    await handle.close()
  }
}
