import { read } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const chunkBytes = 256 * 1_024
const emptyPauseMs = 2
const readInput = promisify(read)

/**
 * The standard input of the process, in any of its threads. A chunk is valid until the next one is asked for. Node makes a
 * pipe one that does not block as soon as anything looks at `process.stdin`: while it is empty, the system answers EAGAIN.
 */
export async function* standardInput(signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const chunk = Buffer.allocUnsafeSlow(chunkBytes)
  for (;;) {
    signal.throwIfAborted()
    const bytes = await readInput(0, chunk, 0, chunkBytes, null).then(
      ({ bytesRead }) => bytesRead,
      (error: unknown) => {
        if (Reflect.get(Object(error), 'code') === 'EAGAIN') return undefined
        throw error
      },
    )
    if (bytes === 0) return
    if (bytes === undefined) await delay(emptyPauseMs, undefined, { signal })
    else yield chunk.subarray(0, bytes)
  }
}
