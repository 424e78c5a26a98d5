import { createHash } from 'node:crypto'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Problem } from '../../../preload/contract/problem.ts'
import type { RegistryClient, Repository } from './registry-client.ts'

export interface WantedBlob {
  readonly at: Repository
  readonly digest: string
  readonly size: number
}

const attempts = 4
const pauseMs = 1_000
const readBytes = 1_048_576

export const cachedFile = (cache: string, digest: string): string => join(cache, digest.replace('sha256:', ''))

/**
 * Downloads a blob into the cache, unless it is there. What an earlier download left of it is continued. It has its name only once
 * its digest is right. Throws REGISTRY_*. `report`: bytes that are done.
 */
export async function downloadBlob(
  client: RegistryClient,
  blob: WantedBlob,
  cache: string,
  signal: AbortSignal,
  report: (bytes: number) => void,
): Promise<void> {
  const file = cachedFile(cache, blob.digest)
  const stored = await stat(file).catch(() => undefined)
  if (stored?.size === blob.size) return report(blob.size)
  let reported = 0
  for (let attempt = 1; ; attempt += 1) {
    try {
      await continueDownload(client, blob, `${file}.part`, signal, (done) => {
        report(done - reported)
        reported = done
      })
      return await rename(`${file}.part`, file)
    } catch (error) {
      signal.throwIfAborted()
      const isPassing = error instanceof Problem && error.code === 'REGISTRY_UNREACHABLE'
      if (!isPassing || attempt === attempts) throw error
      await delay(pauseMs * attempt, undefined, { signal })
    }
  }
}

async function continueDownload(
  client: RegistryClient,
  { at, digest, size }: WantedBlob,
  part: string,
  signal: AbortSignal,
  report: (done: number) => void,
): Promise<void> {
  const handle = await open(part, 'a+', 0o600)
  try {
    let hash = createHash('sha256')
    const there = (await handle.stat()).size
    if (there > size) await handle.truncate(0)
    let done = there > size ? 0 : there
    for await (const piece of written(handle, done)) hash.update(piece)
    report(done)
    if (done < size || size === 0) {
      const { offset, body } = await client.blob(at, digest, done, signal)
      if (offset < done) {
        await handle.truncate(0)
        hash = createHash('sha256')
        done = 0
      }
      for await (const piece of body) {
        done += piece.length
        if (done > size)
          throw new Problem('REGISTRY_REFUSED', `${at.registry} sends more than ${size} bytes of ${digest}.`)
        hash.update(piece)
        await handle.writeFile(piece)
        report(done)
      }
    }
    if (done < size)
      throw new Problem('REGISTRY_UNREACHABLE', `${at.registry} ended ${digest} after ${done} of ${size} bytes.`)
    if (`sha256:${hash.digest('hex')}` === digest) return await handle.sync()
    await rm(part, { force: true })
    throw new Problem('REGISTRY_REFUSED', `${at.registry} sent another content for ${digest}.`)
  } finally {
    await handle.close()
  }
}

async function* written(handle: FileHandle, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < length; ) {
    const piece = Buffer.alloc(Math.min(readBytes, length - at))
    const { bytesRead } = await handle.read(piece, 0, piece.length, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield piece.subarray(0, bytesRead)
  }
}
