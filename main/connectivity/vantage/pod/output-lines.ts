import { z } from 'zod'
import { Result, StageResult } from '../../../../preload/contract/connectivity.ts'
import type { WorkEvent } from './work.ts'

const version = { schemaVersion: z.literal(1) }
const Line = z.discriminatedUnion('kind', [
  z.object({ ...version, kind: z.literal('begin'), node: z.string() }),
  z.object({ ...version, kind: z.literal('stage'), endpoint: z.string(), stage: StageResult }),
  z.object({ ...version, kind: z.literal('result'), result: Result }),
  z.object({ ...version, kind: z.literal('fault'), message: z.string() }),
  z.object({ ...version, kind: z.literal('end') }),
])

/** The event in a line of a pod's output; undefined for any other text: warnings, a sidecar's output, a truncated line. */
export function parseEvent(line: string): WorkEvent | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const parsed = Line.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

/** Of one line: a stage has at most 2,048 characters of evidence, and a result has six stages. */
const lineLimitCharacters = 65_536

/** Lines of UTF-8 text from chunks that may split a line or a character. Lines over the limit are dropped. */
export async function* textLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = (parts.pop() ?? '').slice(0, lineLimitCharacters)
    yield* parts.filter(({ length }) => length <= lineLimitCharacters)
  }
  if (rest !== '') yield rest
}
